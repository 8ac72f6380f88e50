-- one row an actor that is spoken of, most spoken of first; killed stories and copies aside
SELECT t.actor_id, t.name, t.kind, count(*) AS statements, max(s.published_on) AS last_on
FROM main.statement_actors AS r
JOIN main.statements AS s USING (statement_id)
JOIN main.actors AS t ON t.actor_id = r.actor_id
SEMI JOIN (SELECT article_id FROM main.articles WHERE copy_of IS NULL AND is_killed IS NOT TRUE) USING (article_id)
WHERE r.relation = 'mentioned' AND t.kind <> 'unnamed'
GROUP BY t.actor_id, t.name, t.kind
ORDER BY statements DESC, t.name, t.actor_id
