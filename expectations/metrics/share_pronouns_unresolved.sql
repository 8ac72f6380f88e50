-- warning on statements: More unresolved pronouns than usual mean that the names before them are not found.
-- expected: the usual share of statements without a speaker, among those whose source is a pronoun
-- $min_rows = 50: with fewer statements, one odd article changes the result
SELECT '' AS scope, count(*) FILTER (actor_id IS NULL) / count(*) AS value, count(*) AS row_count
FROM staging.statements
WHERE speaker_resolution = 'pronoun'
HAVING count(*) >= $min_rows
