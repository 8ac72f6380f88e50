-- one row per utterance that answers the actor, newest first
SELECT s.published_on, q.actor_id, q.name, q.kind, s.source, t.manner, t.days_after, s.content AS statement,
    b.content AS answers, t.statement_id
FROM threads AS o
JOIN threads AS t ON t.thread_id = o.thread_id AND t.answers_utterance_id = o.utterance_id
JOIN main.statements AS s ON s.statement_id = t.statement_id
JOIN main.statements AS b ON b.statement_id = o.statement_id
LEFT JOIN main.actors AS q ON q.actor_id = s.actor_id AND q.kind <> 'nobody'
WHERE o.actor_id = $id
ORDER BY s.published_on DESC NULLS LAST, t.statement_id
