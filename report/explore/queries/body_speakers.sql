-- one row per person and role that speaks for the organization or country, most statements first
WITH voices AS (
    SELECT actor_id, role, count(*) AS statements, min(published_on) AS first_on, max(published_on) AS last_on
    FROM said
    WHERE organization_id = $id AND actor_id <> $id
    GROUP BY actor_id, role
)

SELECT p.actor_id, p.name, p.kind, v.role, v.statements, v.first_on, v.last_on
FROM voices AS v
JOIN people AS p ON p.actor_id = v.actor_id
ORDER BY v.statements DESC, p.name, v.role
