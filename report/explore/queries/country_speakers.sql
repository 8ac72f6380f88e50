-- one row a person or body of the country, most statements first
SELECT p.actor_id, p.name, p.kind, count(*) AS statements, max(s.published_on) AS last_on
FROM main.actors AS p
JOIN main.statements AS s ON s.actor_id = p.actor_id
JOIN main.articles AS a USING (article_id)
WHERE p.country_code = $country AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY p.actor_id, p.name, p.kind
ORDER BY statements DESC, p.name, p.actor_id
