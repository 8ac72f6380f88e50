-- one row a day (null: articles without one): how often the actor is quoted
SELECT s.published_on AS day, count(*) AS statements
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
WHERE s.actor_id = $id AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY s.published_on
ORDER BY day
