-- one row per wording for anonymous persons in the outlet, most frequent first
SELECT s.source, count(*) AS statements, count(DISTINCT s.article_id) AS articles, min(s.article_id) AS article_id
FROM main.articles AS a
JOIN main.statements AS s USING (article_id)
WHERE coalesce(a.outlet, a.agency) = $outlet AND s.source_type = 'anonymous person'
    AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
GROUP BY s.source
ORDER BY statements DESC, s.source
