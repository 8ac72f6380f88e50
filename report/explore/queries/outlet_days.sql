-- one row a day (null: articles without one): statements that the outlet brings
SELECT a.published_on AS day, count(*) AS statements
FROM main.articles AS a
JOIN main.statements AS s USING (article_id)
WHERE coalesce(a.outlet, a.agency) = $outlet AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY a.published_on
ORDER BY day
