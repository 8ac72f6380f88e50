-- one row per speaker in the outlet: the share of the outlet's statements, and of all statements in the warehouse
WITH everywhere AS (
    SELECT actor_id, count(*) FILTER (outlet = $outlet) AS statements, count(*) AS everywhere
    FROM said
    WHERE actor_id IS NOT NULL
    GROUP BY actor_id
),

voices AS (
    SELECT p.actor_id, p.name, p.kind, v.statements,
        round(100 * v.statements / sum(v.statements) OVER (), 1) AS share,
        round(100 * v.everywhere / sum(v.everywhere) OVER (), 1) AS share_everywhere
    FROM everywhere AS v
    JOIN people AS p ON p.actor_id = v.actor_id
    WHERE p.kind <> 'unnamed'
)

SELECT * FROM voices WHERE statements > 0 ORDER BY statements DESC, name, actor_id
