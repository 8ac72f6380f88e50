-- one row a speaker in the outlet: the share of voice there, and in the whole warehouse
WITH voices AS (
    SELECT s.actor_id, count(*) FILTER (coalesce(a.outlet, a.agency) = $outlet) AS statements, count(*) AS everywhere
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    WHERE s.actor_id IS NOT NULL AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
    GROUP BY s.actor_id
)

SELECT p.actor_id, p.name, p.kind, v.statements,
    round(100 * v.statements / sum(v.statements) OVER (), 1) AS share,
    round(100 * v.everywhere / sum(v.everywhere) OVER (), 1) AS share_everywhere
FROM voices AS v
JOIN main.actors AS p USING (actor_id)
WHERE p.kind <> 'unnamed'
QUALIFY v.statements > 0
ORDER BY v.statements DESC, p.name, p.actor_id
