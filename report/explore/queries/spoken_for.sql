-- one row per organization or country that somebody speaks for, most statements first
WITH bodies AS (
    SELECT organization_id, count(*) AS statements, count(DISTINCT actor_id) AS speakers FROM said GROUP BY organization_id
)

SELECT o.actor_id, o.name, o.kind, b.statements, b.speakers
FROM bodies AS b
JOIN people AS o ON o.actor_id = b.organization_id
ORDER BY b.statements DESC, o.name, o.actor_id
