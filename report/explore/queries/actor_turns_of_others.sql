-- one row per change in another actor's stance towards this one, newest first
SELECT p.actor_id, p.name, p.kind, n.stance_before, n.stance_after, n.before_on, n.after_on, n.statements_before,
    n.statements_after, b.content AS statement_before, a.content AS statement_after, n.before_id, n.after_id
FROM turns AS n
JOIN main.statements AS b ON b.statement_id = n.before_id
JOIN main.statements AS a ON a.statement_id = n.after_id
JOIN people AS p ON p.actor_id = n.speaker_id
WHERE n.subject_id = $id
ORDER BY n.after_on DESC, p.name, p.actor_id
