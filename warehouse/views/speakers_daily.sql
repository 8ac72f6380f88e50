-- One row is one speaker on one day (null for articles without a day): how many statements they made, and in how many articles and outlets.
SELECT
    s.published_on,
    p.name AS speaker, -- fullest name of the speaker
    p.kind AS speaker_kind, -- person, organization, country, group, unnamed
    p.country_code AS country, -- ISO 3166-1 alpha-2
    count(*) AS statements, -- number of statements
    count(*) FILTER (WHERE s.kind = 'direct') AS direct, -- statements in quotation marks
    count(*) FILTER (WHERE s.kind = 'indirect') AS indirect, -- statements in the words of the article
    count(*) FILTER (WHERE s.kind = 'mixed') AS mixed, -- statements with some words in quotation marks
    count(DISTINCT s.article_id) AS articles, -- number of articles with these statements
    count(DISTINCT a.outlet) AS outlets, -- number of outlets that printed the statements
    s.actor_id
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
JOIN main.actors AS p ON p.actor_id = s.actor_id
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted' AND p.kind <> 'nobody'
GROUP BY s.published_on, s.actor_id, p.name, p.kind, p.country_code
