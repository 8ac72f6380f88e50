-- one row: the size of the warehouse; statements and articles without killed stories and copies
WITH kept AS (SELECT coalesce(sum(statements), 0)::BIGINT AS statements FROM figures.counts WHERE figure = 'day')

SELECT
    (SELECT count(*) FROM main.articles WHERE copy_of IS NULL AND is_killed IS NOT TRUE) AS articles,
    (SELECT statements FROM kept) AS statements,
    (SELECT count(*) FROM main.statements) - (SELECT statements FROM kept) AS statements_left_out,
    (SELECT count(*) FROM main.actors WHERE kind NOT IN ('unnamed', 'nobody')) AS actors,
    (SELECT count(DISTINCT coalesce(outlet, agency)) FROM main.articles) AS outlets,
    (SELECT min(published_on) FROM main.articles) AS first_on,
    (SELECT max(published_on) FROM main.articles) AS last_on
