-- warning on statements: A jump in unnamed sources is either news, or a sign that names are no longer recognised.
-- expected: the usual share of statements by anonymous persons, for each outlet
-- $min_rows = 50: with fewer statements, one odd article changes the result
SELECT coalesce(a.outlet, '') AS scope, count(*) FILTER (s.source_type = 'anonymous person') / count(*) AS value, count(*) AS row_count
FROM staging.statements AS s
JOIN staging.articles AS a USING (article_id)
GROUP BY ALL
HAVING count(*) >= $min_rows
