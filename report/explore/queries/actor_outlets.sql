-- one row an outlet that quotes the actor, most first
SELECT coalesce(a.outlet, a.agency) AS outlet, count(*) AS statements, count(DISTINCT s.article_id) AS articles,
    min(s.published_on) AS first_on, max(s.published_on) AS last_on
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
WHERE s.actor_id = $id AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY coalesce(a.outlet, a.agency)
ORDER BY statements DESC, outlet
