-- one row per pair: an organization or country, and another that its people speak about; most statements first
WITH bodies AS (
    SELECT actor_id FROM people WHERE kind IN ('organization', 'country')
),

voiced AS (
    SELECT statement_id, published_on, cue_class, coalesce(organization_id, actor_id) AS body_id
    FROM said
),

pairs AS (
    SELECT v.body_id, r.subject_id, count(DISTINCT v.statement_id) AS statements,
        count(DISTINCT v.statement_id) FILTER (v.cue_class = 'accusing') AS accusing, max(v.published_on) AS last_on
    FROM voiced AS v
    JOIN statement_subjects AS r ON r.statement_id = v.statement_id
    WHERE r.subject_id <> v.body_id
        AND v.body_id IN (SELECT actor_id FROM bodies) AND r.subject_id IN (SELECT actor_id FROM bodies)
    GROUP BY v.body_id, r.subject_id
    ORDER BY statements DESC, v.body_id, r.subject_id
    LIMIT 200
)

SELECT b.name AS body, t.name AS subject, n.statements, n.accusing, n.last_on, n.body_id, b.kind AS body_kind, n.subject_id,
    t.kind AS subject_kind
FROM pairs AS n
JOIN people AS b ON b.actor_id = n.body_id
JOIN people AS t ON t.actor_id = n.subject_id
ORDER BY n.statements DESC, b.name, t.name
