-- one row an organization or country that somebody speaks for, most statements first
SELECT o.actor_id, o.name, o.kind, count(*) AS statements, count(DISTINCT s.actor_id) AS speakers
FROM main.statements AS s
JOIN main.actors AS o ON o.actor_id = s.organization_id
SEMI JOIN (SELECT article_id FROM main.articles WHERE copy_of IS NULL AND is_killed IS NOT TRUE) USING (article_id)
GROUP BY o.actor_id, o.name, o.kind
ORDER BY statements DESC, o.name, o.actor_id
