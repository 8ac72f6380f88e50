-- one row a body or country and another one of which its people speak, most statements first
WITH said AS (
    SELECT s.statement_id, s.published_on, s.cue_class,
        coalesce(s.organization_id, if(p.kind IN ('organization', 'country'), s.actor_id, NULL)) AS body_id
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id
    WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
),

pairs AS (
    SELECT said.body_id, r.actor_id AS subject_id, count(*) AS statements,
        count(*) FILTER (said.cue_class = 'accusing') AS accusing, max(said.published_on) AS last_on
    FROM said
    JOIN main.statement_actors AS r USING (statement_id)
    JOIN main.actors AS t ON t.actor_id = r.actor_id
    WHERE r.relation IN ('mentioned', 'addressee') AND t.kind IN ('organization', 'country') AND r.actor_id <> said.body_id
    GROUP BY said.body_id, r.actor_id
    ORDER BY statements DESC, said.body_id, r.actor_id
    LIMIT 200
)

SELECT b.name AS body, t.name AS subject, n.statements, n.accusing, n.last_on, n.body_id, b.kind AS body_kind, n.subject_id,
    t.kind AS subject_kind
FROM pairs AS n
JOIN main.actors AS b ON b.actor_id = n.body_id
JOIN main.actors AS t ON t.actor_id = n.subject_id
ORDER BY n.statements DESC, b.name, t.name
