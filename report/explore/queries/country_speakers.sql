-- one row per person or organization of the country, most statements first
WITH voices AS (
    SELECT actor_id, count(*) AS statements, max(published_on) AS last_on FROM said GROUP BY actor_id
)

SELECT p.actor_id, p.name, p.kind, v.statements, v.last_on
FROM people AS p
JOIN voices AS v ON v.actor_id = p.actor_id
WHERE p.country_code = $country
ORDER BY v.statements DESC, p.name, p.actor_id
