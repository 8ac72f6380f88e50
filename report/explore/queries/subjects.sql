-- one row per actor that statements speak about or to, most statements first; without killed stories and copies
WITH subjects AS (
    SELECT r.subject_id, count(DISTINCT s.statement_id) AS statements, max(s.published_on) AS last_on
    FROM statement_subjects AS r
    JOIN said AS s ON s.statement_id = r.statement_id
    GROUP BY r.subject_id
)

SELECT t.actor_id, t.name, t.kind, n.statements, n.last_on
FROM subjects AS n
JOIN people AS t ON t.actor_id = n.subject_id
WHERE t.kind <> 'unnamed'
ORDER BY n.statements DESC, t.name, t.actor_id
