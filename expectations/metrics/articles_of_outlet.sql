-- warning on articles: An outlet with suddenly many more or fewer articles has probably changed its feed.
-- expected: the usual number of articles, for each outlet
-- $min_rows = 5: smaller outlets come and go
SELECT outlet AS scope, count(*) AS value, count(*) AS row_count
FROM staging.articles
WHERE outlet IS NOT NULL
GROUP BY outlet
HAVING count(*) >= $min_rows
