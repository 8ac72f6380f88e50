-- warning on articles: Far more or fewer articles than usual mean that a delivery was sent twice or cut off.
-- expected: the usual number of articles in a run
SELECT '' AS scope, count(*) AS value, count(*) AS row_count FROM staging.articles
