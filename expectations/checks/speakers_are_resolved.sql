-- warning on statements: If the speakers of an outlet are not found, its statements do not say who said what.
-- expected: at least $min_share of the statements of an outlet have a speaker (outlets with at least $min_statements statements)
-- $min_share = 0.35: in news, four statements in five have one; below a third, names are probably missing from the texts
-- $min_statements = 50: with fewer statements, one odd article changes the result
SELECT
    coalesce(a.outlet, '') AS outlet,
    count(*) AS statements,
    count(s.actor_id) AS with_speaker,
    format('{} of {} statements of {}', count(s.actor_id), count(*), coalesce(any_value(a.outlet), '-')) AS observed
FROM staging.statements AS s
JOIN staging.articles AS a USING (article_id)
GROUP BY ALL
HAVING count(*) >= $min_statements AND count(s.actor_id) < $min_share * count(*)
ORDER BY statements DESC
