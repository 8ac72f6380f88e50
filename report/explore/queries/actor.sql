-- one row: the actor; for an organization or country also its type and parent
SELECT
    p.actor_id, p.name, p.kind, coalesce(p.country_code, o.country_code) AS country, p.first_seen_on, p.last_seen_on,
    o.org_type, o.parent, o.parent_id
FROM main.actors AS p
LEFT JOIN main.organizations AS o ON o.organization_id = p.actor_id
WHERE p.actor_id = $id
