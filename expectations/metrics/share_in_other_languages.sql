-- warning on articles: If more articles than usual are in languages without an extractor, a publisher has probably sent another edition.
-- expected: the usual share of articles in languages without an extractor
-- $min_rows = 20: with fewer articles, one odd article changes the result
WITH extracted AS (
    SELECT json_extract_string(parameters, '$.languages[*]') AS languages
    FROM staging.runs
    ORDER BY started_at DESC
    LIMIT 1
)

SELECT '' AS scope, count(*) FILTER (NOT list_contains(languages, language)) / count(*) AS value, count(*) AS row_count
FROM staging.articles
CROSS JOIN extracted
WHERE len(languages) > 0
HAVING count(*) >= $min_rows
