-- warning on statements: A 'he' or 'she' who is nobody makes the statement useless to anyone who asks who said it.
-- expected: at most $max_share of the statements by a pronoun lack a speaker, from $min_statements of them on
-- $max_share = 0.5: one in five is usual; when half fail, the names before the pronouns are not found any more
-- $min_statements = 40: with fewer, a single odd article decides
SELECT
    count(*) AS statements,
    count(*) - count(actor_id) AS unresolved,
    format('{} of {} pronouns', count(*) - count(actor_id), count(*)) AS observed
FROM staging.statements
WHERE speaker_resolution = 'pronoun'
HAVING count(*) >= $min_statements AND count(*) - count(actor_id) > $max_share * count(*)
