-- warning on statements: If fewer speakers are found than usual, the outlet has probably changed its layout or the way it writes names.
-- expected: the usual share of statements with a speaker, for each outlet
-- $min_rows = 50: with fewer statements, one odd article changes the result
SELECT coalesce(a.outlet, '') AS scope, count(*) FILTER (s.actor_id IS NOT NULL) / count(*) AS value, count(*) AS row_count
FROM staging.statements AS s
JOIN staging.articles AS a USING (article_id)
GROUP BY ALL
HAVING count(*) >= $min_rows
