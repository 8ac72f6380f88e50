-- one row per article of the outlet, newest first
WITH counted AS (
    SELECT article_id, count(*) AS statements FROM said WHERE outlet = $outlet GROUP BY article_id
)

SELECT a.published_on, a.headline, a.word_count, coalesce(c.statements, 0) AS statements, a.article_id
FROM main.articles AS a
LEFT JOIN counted AS c ON c.article_id = a.article_id
WHERE coalesce(a.outlet, a.agency) = $outlet AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
ORDER BY a.published_on DESC NULLS LAST, a.article_id
