-- one row per utterance with which the actor answers another one, newest first
SELECT s.published_on, q.actor_id, q.name, q.kind, b.source, t.manner, t.days_after, s.content AS statement,
    b.content AS answers, t.statement_id
FROM threads AS t
JOIN threads AS o ON o.thread_id = t.thread_id AND o.utterance_id = t.answers_utterance_id
JOIN main.statements AS s ON s.statement_id = t.statement_id
JOIN main.statements AS b ON b.statement_id = o.statement_id
LEFT JOIN main.actors AS q ON q.actor_id = b.actor_id AND q.kind <> 'nobody'
WHERE t.actor_id = $id
ORDER BY s.published_on DESC NULLS LAST, t.statement_id
