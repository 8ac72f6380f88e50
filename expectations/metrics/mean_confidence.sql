-- warning on statements: An extractor that is less sure than usual reads texts it was not made for.
-- expected: the usual mean confidence
-- $min_rows = 50: with fewer statements, single articles decide
-- $min_spread = 0.015: it hardly moves from run to run
SELECT '' AS scope, avg(confidence) AS value, count(*) AS row_count
FROM staging.statements
HAVING count(*) >= $min_rows
