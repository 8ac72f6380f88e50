-- One row is one speaker on one day (null when the article gives none): how much they were quoted, and where.
SELECT
    s.published_on,
    p.name AS speaker,
    p.kind AS speaker_kind,
    p.country_code AS country,
    count(*) AS statements,
    count(*) FILTER (WHERE s.kind = 'direct') AS direct,
    count(*) FILTER (WHERE s.kind = 'indirect') AS indirect,
    count(*) FILTER (WHERE s.kind = 'mixed') AS mixed,
    count(DISTINCT s.article_id) AS articles,
    count(DISTINCT a.outlet) AS outlets,
    s.actor_id
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
JOIN main.actors AS p ON p.actor_id = s.actor_id
GROUP BY s.published_on, s.actor_id, p.name, p.kind, p.country_code
