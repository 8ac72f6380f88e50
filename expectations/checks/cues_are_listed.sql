-- warning on statements: Only a listed cue has a class, which says what the speaker does, such as deny, promise or ask.
-- expected: at most $max_share of the cues are not in seeds/cues.csv (runs with at least $min_statements statements)
-- $max_share = 0.25: a few percent are usual; a quarter means another language, or words that are not cues
-- $min_statements = 50: with fewer statements, one odd article changes the result
SELECT
    count(*) AS statements,
    count(*) FILTER (cue_class = 'other' AND cue <> '') AS unlisted,
    format('{} of {} cues', count(*) FILTER (cue_class = 'other' AND cue <> ''), count(*)) AS observed
FROM staging.statements
HAVING count(*) >= $min_statements AND count(*) FILTER (cue_class = 'other' AND cue <> '') > $max_share * count(*)
