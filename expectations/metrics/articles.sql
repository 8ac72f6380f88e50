-- warning on articles: Twice or half as many articles as usual is a delivery sent twice, or one that was cut off.
-- expected: as many articles in a run as usual
SELECT '' AS scope, count(*) AS value, count(*) AS row_count FROM staging.articles
