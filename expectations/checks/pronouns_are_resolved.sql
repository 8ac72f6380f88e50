-- warning on statements: If 'he' or 'she' is not resolved, nobody knows who made the statement.
-- expected: at most $max_share of the statements whose source is a pronoun lack a speaker (runs with at least $min_statements such statements)
-- $max_share = 0.5: one in five is usual; when half fail, the names before the pronouns are no longer found
-- $min_statements = 40: with fewer statements, one odd article changes the result
SELECT
    count(*) AS statements,
    count(*) - count(actor_id) AS unresolved,
    format('{} of {} pronouns', count(*) - count(actor_id), count(*)) AS observed
FROM staging.statements
WHERE speaker_resolution = 'pronoun'
HAVING count(*) >= $min_statements AND count(*) - count(actor_id) > $max_share * count(*)
