-- warning on statements: What a cue makes of a statement (denied, promised, asked) is known of listed cues alone.
-- expected: at most $max_share of the cues are not in seeds/cues.csv, from $min_statements statements on
-- $max_share = 0.25: some percent is usual; a quarter means another language, or words that are not cues
-- $min_statements = 50: with fewer, a single odd article decides
SELECT
    count(*) AS statements,
    count(*) FILTER (cue_class = 'other' AND cue <> '') AS unlisted,
    format('{} of {} cues', count(*) FILTER (cue_class = 'other' AND cue <> ''), count(*)) AS observed
FROM staging.statements
HAVING count(*) >= $min_statements AND count(*) FILTER (cue_class = 'other' AND cue <> '') > $max_share * count(*)
