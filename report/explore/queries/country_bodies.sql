-- one row an organization of the country, with what is said for it, and what it says itself
WITH said AS (
    SELECT organization_id, count(*) AS statements
    FROM (
        SELECT organization_id FROM main.statements
        UNION ALL
        SELECT actor_id FROM main.statements WHERE actor_id IS DISTINCT FROM organization_id
    )
    GROUP BY organization_id
)

SELECT o.organization_id AS actor_id, o.name, o.org_type, coalesce(s.statements, 0) AS statements
FROM main.organizations AS o
LEFT JOIN said AS s USING (organization_id)
WHERE o.country_code = $country
ORDER BY statements DESC, o.name, o.organization_id
