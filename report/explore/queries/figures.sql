-- one row: the size of the warehouse
SELECT
    (SELECT count(*) FROM main.articles) AS articles,
    (SELECT count(*) FROM main.statements) AS statements,
    (SELECT count(*) FROM main.actors WHERE kind <> 'unnamed') AS actors,
    (SELECT count(DISTINCT coalesce(outlet, agency)) FROM main.articles) AS outlets,
    (SELECT min(published_on) FROM main.articles) AS first_on,
    (SELECT max(published_on) FROM main.articles) AS last_on
