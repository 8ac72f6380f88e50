-- one row an actor of whom or to whom this one speaks, most first
SELECT t.actor_id, t.name, t.kind, count(DISTINCT s.statement_id) AS statements, max(s.published_on) AS last_on
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
JOIN main.statement_actors AS r USING (statement_id)
JOIN main.actors AS t ON t.actor_id = r.actor_id
WHERE s.actor_id = $id AND r.relation IN ('mentioned', 'addressee') AND r.actor_id <> $id
    AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY t.actor_id, t.name, t.kind
ORDER BY statements DESC, t.name, t.actor_id
