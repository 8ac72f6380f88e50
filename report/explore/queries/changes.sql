-- one row per change of a speaker's stance towards an actor, newest first
SELECT p.name AS speaker, p.kind AS speaker_kind, t.name AS subject, t.kind AS subject_kind, n.stance_before,
    n.stance_after, n.before_on, n.after_on, n.speaker_id, n.subject_id, n.before_id, n.after_id
FROM turns AS n
JOIN people AS p ON p.actor_id = n.speaker_id
JOIN people AS t ON t.actor_id = n.subject_id
ORDER BY n.after_on DESC, p.name, t.name, n.after_id
