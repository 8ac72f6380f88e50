-- warning on articles: An outlet that suddenly gives much more or less has changed its feed.
-- expected: as many articles of each outlet as usual
-- $min_rows = 5: smaller outlets come and go
SELECT outlet AS scope, count(*) AS value, count(*) AS row_count
FROM staging.articles
WHERE outlet IS NOT NULL
GROUP BY outlet
HAVING count(*) >= $min_rows
