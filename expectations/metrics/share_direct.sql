-- warning on statements: If there are fewer direct quotations than usual, the texts have probably lost quotation marks.
-- expected: the usual share of direct quotations, for each outlet
-- $min_rows = 50: with fewer statements, one odd article changes the result
SELECT coalesce(a.outlet, '') AS scope, count(*) FILTER (s.kind = 'direct') / count(*) AS value, count(*) AS row_count
FROM staging.statements AS s
JOIN staging.articles AS a USING (article_id)
GROUP BY ALL
HAVING count(*) >= $min_rows
