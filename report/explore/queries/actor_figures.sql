-- one row: how much an actor says, in how many articles and outlets
SELECT
    count(*) AS statements,
    count(DISTINCT s.article_id) AS articles,
    count(DISTINCT coalesce(a.outlet, a.agency)) AS outlets,
    count(*) FILTER (s.kind = 'direct') AS direct,
    count(*) FILTER (s.kind = 'indirect') AS indirect,
    count(*) FILTER (s.kind = 'mixed') AS mixed,
    count(*) FILTER (s.published_on IS NULL) AS without_day
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
WHERE s.actor_id = $id AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
