-- one row a person who speaks for the organization or country, in one role, most statements first
SELECT p.actor_id, p.name, p.kind, s.role, count(*) AS statements, min(s.published_on) AS first_on, max(s.published_on) AS last_on
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
JOIN main.actors AS p ON p.actor_id = s.actor_id
WHERE s.organization_id = $id AND s.actor_id <> $id AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY p.actor_id, p.name, p.kind, s.role
ORDER BY statements DESC, p.name, s.role
