-- one row per actor that statements of a run speak about or to, most statements first
SELECT t.actor_id, t.name, t.kind, count(DISTINCT s.statement_id) AS statements
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
JOIN main.statement_actors AS r USING (statement_id)
JOIN main.actors AS t ON t.actor_id = r.actor_id
WHERE s.run_id = $run_id AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
    AND r.relation IN ('mentioned', 'addressee') AND t.kind NOT IN ('unnamed', 'nobody')
GROUP BY t.actor_id, t.name, t.kind
ORDER BY statements DESC, t.name, t.actor_id
