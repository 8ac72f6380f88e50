-- warning on files: More files rejected than usual: a source has changed its form.
-- expected: the usual share of rejected files
-- $min_rows = 10: with fewer files, a single one decides
SELECT '' AS scope, count(*) FILTER (outcome = 'rejected') / count(*) AS value, count(*) AS row_count
FROM staging.files
WHERE outcome <> 'unchanged'
HAVING count(*) >= $min_rows
