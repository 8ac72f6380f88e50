-- one row per utterance in the thread of replies around a statement, each before its answers
SELECT t.depth, t.manner, t.days_after, s.published_on, p.name AS speaker, p.kind AS speaker_kind, s.source,
    s.content AS statement, t.actor_id, t.utterance_id, t.statement_id
FROM threads AS t
JOIN main.statements AS s ON s.statement_id = t.statement_id
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id AND p.kind <> 'nobody'
WHERE t.thread_id IN (
    SELECT thread_id FROM threads WHERE utterance_id = (
        SELECT coalesce(utterance_id, statement_id) FROM main.statements WHERE statement_id = $id
    )
)
ORDER BY t.place
