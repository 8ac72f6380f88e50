-- one row an organization of the country, with what it says itself and what is said for it
SELECT o.organization_id AS actor_id, o.name, o.org_type, count(s.statement_id) AS statements
FROM main.organizations AS o
LEFT JOIN main.statements AS s ON s.organization_id = o.organization_id OR s.actor_id = o.organization_id
WHERE o.country_code = $country
GROUP BY o.organization_id, o.name, o.org_type
ORDER BY statements DESC, o.name
