-- One row is one person in one role at one organization or for one country, with the first and last day on which articles state the role; without killed stories and copies.
WITH hidden AS MATERIALIZED (
    SELECT article_id FROM main.articles WHERE copy_of IS NOT NULL OR is_killed
),

evidence AS (
    SELECT affiliation_id, unnest(profile_ids) AS profile_id FROM main.affiliations
),

to_recount AS MATERIALIZED (  -- affiliations in hidden articles: their days and counts must come from the articles that are not hidden
    SELECT DISTINCT t.affiliation_id
    FROM evidence AS t
    JOIN main.mentions AS m USING (profile_id)
    JOIN hidden USING (article_id)
),

counted AS (
    SELECT
        t.affiliation_id,
        min(a.published_on) AS first_seen_on,
        max(a.published_on) AS last_seen_on,
        count(DISTINCT a.article_id) AS article_count,
        min(a.article_id) AS evidence_article_id
    FROM evidence AS t
    SEMI JOIN to_recount USING (affiliation_id)
    JOIN main.mentions AS m USING (profile_id)
    JOIN main.articles AS a USING (article_id)
    WHERE a.article_id NOT IN (SELECT article_id FROM hidden)
    GROUP BY t.affiliation_id
),

visible AS (
    SELECT * FROM main.affiliations ANTI JOIN to_recount USING (affiliation_id)
    UNION ALL BY NAME
    SELECT f.* REPLACE (
        c.first_seen_on AS first_seen_on,
        c.last_seen_on AS last_seen_on,
        c.article_count AS article_count,
        c.evidence_article_id AS evidence_article_id
    )
    FROM main.affiliations AS f
    JOIN counted AS c USING (affiliation_id)
)

SELECT
    p.name AS person, -- fullest name of the person
    f.role,
    o.name AS organization, -- name of the organization
    coalesce(f.country_code, o.country_code) AS country, -- ISO 3166-1 alpha-2
    f.first_seen_on,
    f.last_seen_on,
    f.article_count,
    row_number() OVER (
        PARTITION BY f.actor_id ORDER BY f.first_seen_on NULLS LAST, f.last_seen_on NULLS LAST, f.affiliation_id
    ) AS step_no, -- 1, 2, 3... in the order in which the person first appears in the roles
    e.headline AS evidence_headline, -- headline of an article that states the role
    f.evidence_article_id,
    f.actor_id,
    f.organization_id,
    f.affiliation_id,
    f.place,
    CASE WHEN f.country_code IS NULL THEN o.country_from ELSE f.country_from END
        AS country_from, -- evidence for the country: text, seed, place or context
    f.former,
    f.acting
FROM visible AS f
JOIN main.actors AS p ON p.actor_id = f.actor_id
JOIN main.articles AS e ON e.article_id = f.evidence_article_id
LEFT JOIN main.organizations AS o ON o.organization_id = f.organization_id
