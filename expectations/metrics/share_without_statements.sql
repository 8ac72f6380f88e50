-- warning on articles: More articles without statements than usual mean that texts are cut off, or that extraction fails.
-- expected: the usual share of articles without statements
-- $min_rows = 20: with fewer articles, the result depends on their subjects
SELECT '' AS scope, count(*) FILTER (s.article_id IS NULL) / count(*) AS value, count(*) AS row_count
FROM staging.articles AS a
LEFT JOIN (SELECT DISTINCT article_id FROM staging.statements) AS s USING (article_id)
HAVING count(*) >= $min_rows
