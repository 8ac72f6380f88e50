-- one row per organization of the country: statements by it and on its behalf
WITH own AS (
    SELECT actor_id FROM people WHERE kind = 'organization' AND country_code = $country
),

voiced AS (
    SELECT organization_id AS actor_id FROM said
    UNION ALL
    SELECT actor_id FROM said WHERE actor_id IS DISTINCT FROM organization_id
),

counted AS (
    SELECT actor_id, count(*) AS statements FROM voiced WHERE actor_id IN (SELECT actor_id FROM own) GROUP BY actor_id
)

SELECT p.actor_id, p.name, o.org_type, coalesce(c.statements, 0) AS statements
FROM people AS p
JOIN main.organizations AS o ON o.organization_id = p.actor_id
LEFT JOIN counted AS c ON c.actor_id = p.actor_id
WHERE p.kind = 'organization' AND p.country_code = $country
ORDER BY statements DESC, p.name, p.actor_id
