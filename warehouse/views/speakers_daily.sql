-- One row is one speaker on one day (null when the article gives none): how much they were quoted, and where.
SELECT
    s.published_on,
    p.name AS speaker, -- fullest name
    p.kind AS speaker_kind, -- person, organization, country, group, unnamed
    p.country_code AS country, -- ISO 3166-1 alpha-2
    count(*) AS statements, -- all of them
    count(*) FILTER (WHERE s.kind = 'direct') AS direct, -- those in quotation marks
    count(*) FILTER (WHERE s.kind = 'indirect') AS indirect, -- those in the words of the article
    count(*) FILTER (WHERE s.kind = 'mixed') AS mixed, -- those with some words in quotation marks
    count(DISTINCT s.article_id) AS articles, -- articles they stand in
    count(DISTINCT a.outlet) AS outlets, -- outlets that brought them
    s.actor_id
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
JOIN main.actors AS p ON p.actor_id = s.actor_id
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted' AND p.kind <> 'nobody'
GROUP BY s.published_on, s.actor_id, p.name, p.kind, p.country_code
