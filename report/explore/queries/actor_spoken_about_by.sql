-- one row per speaker who speaks about or to this actor, most statements first
WITH voices AS (
    SELECT s.actor_id, count(DISTINCT s.statement_id) AS statements, max(s.published_on) AS last_on
    FROM statement_subjects AS r
    JOIN said AS s ON s.statement_id = r.statement_id
    WHERE r.subject_id = $id AND s.actor_id <> $id
    GROUP BY s.actor_id
)

SELECT p.actor_id, p.name, p.kind, v.statements, v.last_on
FROM voices AS v
JOIN people AS p ON p.actor_id = v.actor_id
ORDER BY v.statements DESC, p.name, p.actor_id
