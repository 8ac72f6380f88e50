-- warning on articles: Twice or half as many articles as usual mean that a delivery was sent twice or cut off.
-- expected: the usual number of articles in a run
SELECT '' AS scope, count(*) AS value, count(*) AS row_count FROM staging.articles
