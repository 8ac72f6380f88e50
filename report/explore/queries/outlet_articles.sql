-- one row an article of the outlet, the newest first
SELECT a.published_on, a.headline, a.word_count, count(s.statement_id) AS statements, a.article_id
FROM main.articles AS a
LEFT JOIN main.statements AS s USING (article_id)
WHERE coalesce(a.outlet, a.agency) = $outlet AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY ALL
ORDER BY a.published_on DESC NULLS LAST, a.article_id
