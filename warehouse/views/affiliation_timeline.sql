-- One row is one person in one role at one organization or for one country, with the days on which articles say so.
SELECT
    p.name AS person, -- fullest name
    f.role,
    o.name AS organization, -- its name
    coalesce(f.country_code, o.country_code) AS country, -- ISO 3166-1 alpha-2
    f.first_seen_on,
    f.last_seen_on,
    f.article_count,
    row_number() OVER (
        PARTITION BY f.actor_id ORDER BY f.first_seen_on NULLS LAST, f.last_seen_on NULLS LAST, f.affiliation_id
    ) AS step_no, -- 1, 2, 3... in the order in which a person is seen in roles
    e.headline AS evidence_headline, -- headline of an article that says so
    f.evidence_article_id,
    f.actor_id,
    f.organization_id,
    f.affiliation_id,
    f.place,
    CASE WHEN f.country_code IS NULL THEN o.country_from ELSE f.country_from END
        AS country_from, -- what tells the country: text, seed, place or context
    f.former,
    f.acting
FROM main.affiliations AS f
JOIN main.actors AS p ON p.actor_id = f.actor_id
JOIN main.articles AS e ON e.article_id = f.evidence_article_id
LEFT JOIN main.organizations AS o ON o.organization_id = f.organization_id
