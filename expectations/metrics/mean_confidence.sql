-- warning on statements: When confidence drops, the texts are of a kind that the extractor was not trained on.
-- expected: the usual mean confidence
-- $min_rows = 50: with fewer statements, one odd article changes the result
-- $min_spread = 0.015: the mean hardly changes from run to run
SELECT '' AS scope, avg(confidence) AS value, count(*) AS row_count
FROM staging.statements
HAVING count(*) >= $min_rows
