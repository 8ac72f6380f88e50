-- one row per print of the utterance that the statement reports, first print first
SELECT s.published_on, coalesce(a.outlet, a.agency) AS outlet, p.name AS speaker, p.kind AS speaker_kind, s.source,
    s.kind, s.content AS statement, a.headline, s.seq_no, s.actor_id, s.article_id, s.statement_id
FROM main.statements AS s
JOIN main.articles AS a ON a.article_id = s.article_id
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id AND p.kind <> 'nobody'
WHERE coalesce(s.utterance_id, s.statement_id) = (
        SELECT coalesce(utterance_id, statement_id) FROM main.statements WHERE statement_id = $id
    )
    AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
ORDER BY s.published_on NULLS LAST, s.article_id, s.seq_no
