-- info on statements: New cues have no class until they are on the list.
-- expected: the usual share of cues that are not listed
-- $min_rows = 50: with fewer statements, one odd article changes the result
SELECT '' AS scope, count(*) FILTER (cue_class = 'other') / count(*) AS value, count(*) AS row_count
FROM staging.statements
WHERE cue <> ''
HAVING count(*) >= $min_rows
