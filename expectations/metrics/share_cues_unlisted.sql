-- info on statements: Cues that are not in seeds/cues.csv have no class. Add frequent cues to that file.
-- expected: the usual share of cues that are not in seeds/cues.csv
-- $min_rows = 50: with fewer statements, one odd article changes the result
SELECT '' AS scope, count(*) FILTER (cue_class = 'other') / count(*) AS value, count(*) AS row_count
FROM staging.statements
WHERE cue <> ''
HAVING count(*) >= $min_rows
