-- one row per actor that statements of a run speak about or to, most statements first
WITH since AS MATERIALIZED (
    -- rows of the run have its version or a later one; a join on it skips the blocks of older rows
    SELECT version_no AS since_version FROM ops.versions
    WHERE version_no >= (SELECT coalesce(min(version_no), 0) FROM ops.versions WHERE run_id = $run_id)
)

SELECT t.actor_id, t.name, t.kind, count(DISTINCT s.statement_id) AS statements
FROM (FROM main.statements SEMI JOIN since USING (since_version)) AS s
JOIN main.articles AS a USING (article_id)
JOIN (FROM main.statement_actors SEMI JOIN since USING (since_version)) AS r USING (statement_id)
JOIN main.actors AS t ON t.actor_id = r.actor_id
WHERE s.run_id = $run_id AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
    AND r.relation IN ('mentioned', 'addressee') AND t.kind NOT IN ('unnamed', 'nobody')
GROUP BY t.actor_id, t.name, t.kind
ORDER BY statements DESC, t.name, t.actor_id
