-- one row: statements, articles and outlets of an actor; an organization or country includes its people
SELECT
    count(*) AS statements,
    count(*) FILTER (actor_id = $id) AS own,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT outlet) AS outlets,
    count(*) FILTER (kind = 'direct') AS direct,
    count(*) FILTER (kind = 'indirect') AS indirect,
    count(*) FILTER (kind = 'mixed') AS mixed,
    count(*) FILTER (published_on IS NULL) AS without_day
FROM said
WHERE organization_id = $id OR actor_id = $id
