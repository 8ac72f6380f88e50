-- warning on articles: If the main language is rarer than usual, a publisher has probably sent another edition, or language detection fails.
-- expected: the usual share of the warehouse's most frequent language
-- $min_rows = 20: with fewer articles, one odd article changes the result
WITH main_language AS (
    SELECT language
    FROM (SELECT language FROM staging.articles UNION ALL SELECT language FROM main.articles)
    GROUP BY language
    ORDER BY count(*) DESC, language
    LIMIT 1
)

SELECT '' AS scope, count(*) FILTER (language = (SELECT language FROM main_language)) / count(*) AS value,
    count(*) AS row_count
FROM staging.articles
HAVING count(*) >= $min_rows
