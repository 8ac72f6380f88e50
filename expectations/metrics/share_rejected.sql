-- warning on files: More rejected files than usual mean that a publisher has changed the format.
-- expected: the usual share of rejected files
-- $min_rows = 10: with fewer files, one file changes the result
SELECT '' AS scope, count(*) FILTER (outcome = 'rejected') / count(*) AS value, count(*) AS row_count
FROM staging.files
WHERE outcome <> 'unchanged'
HAVING count(*) >= $min_rows
