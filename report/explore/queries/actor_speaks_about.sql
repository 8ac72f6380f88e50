-- one row per actor that this one speaks about or to, most statements first
WITH subjects AS (
    SELECT r.subject_id, count(DISTINCT s.statement_id) AS statements, max(s.published_on) AS last_on
    FROM said AS s
    JOIN statement_subjects AS r ON r.statement_id = s.statement_id
    WHERE s.actor_id = $id AND r.subject_id <> $id
    GROUP BY r.subject_id
)

SELECT t.actor_id, t.name, t.kind, n.statements, n.last_on
FROM subjects AS n
JOIN people AS t ON t.actor_id = n.subject_id
ORDER BY n.statements DESC, t.name, t.actor_id
