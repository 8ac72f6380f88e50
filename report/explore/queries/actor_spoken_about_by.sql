-- one row a speaker who speaks of or to this actor, most first
SELECT p.actor_id, p.name, p.kind, count(DISTINCT s.statement_id) AS statements, max(s.published_on) AS last_on
FROM main.statement_actors AS r
JOIN main.statements AS s USING (statement_id)
JOIN main.articles AS a USING (article_id)
JOIN main.actors AS p ON p.actor_id = s.actor_id
WHERE r.actor_id = $id AND r.relation IN ('mentioned', 'addressee') AND s.actor_id <> $id
    AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY p.actor_id, p.name, p.kind
ORDER BY statements DESC, p.name, p.actor_id
