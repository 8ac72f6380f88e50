-- One row is one person in one role at one organization or for one country, with the days on which articles say so; killed stories and copies left out.
WITH hidden AS MATERIALIZED (
    SELECT article_id FROM main.articles WHERE copy_of IS NOT NULL OR is_killed
),

at_stake AS MATERIALIZED (  -- profiles that a hidden article tells: what rests on them is counted again
    SELECT DISTINCT m.profile_id, m.actor_id FROM main.mentions AS m JOIN hidden USING (article_id)
),

told AS (
    SELECT p.profile_id, p.actor_id, r.text AS role, r.country_code, b.organization_id
    FROM (SELECT profile_id, actor_id, unnest(roles) AS r FROM main.profiles WHERE kind = 'person') AS p
    LEFT JOIN (
        SELECT x.profile_id, o.organization_id
        FROM main.profiles AS x
        JOIN main.organizations AS o ON o.organization_id = x.actor_id
    ) AS b ON b.profile_id = r.body_profile
    WHERE p.actor_id IN (SELECT actor_id FROM at_stake)
),

seen AS (
    SELECT DISTINCT f.affiliation_id, m.article_id, m.article_id IN (SELECT article_id FROM hidden) AS is_hidden
    FROM main.affiliations AS f
    JOIN told AS t
        ON t.actor_id = f.actor_id AND t.role IS NOT DISTINCT FROM f.role
        AND t.country_code IS NOT DISTINCT FROM f.country_code
        AND t.organization_id IS NOT DISTINCT FROM f.organization_id
    JOIN main.mentions AS m ON m.profile_id = t.profile_id
),

counted AS (
    SELECT
        s.affiliation_id,
        min(a.published_on) FILTER (NOT s.is_hidden) AS first_seen_on,
        max(a.published_on) FILTER (NOT s.is_hidden) AS last_seen_on,
        count(*) FILTER (NOT s.is_hidden) AS article_count,
        min(s.article_id) FILTER (NOT s.is_hidden) AS evidence_article_id
    FROM seen AS s
    JOIN main.articles AS a USING (article_id)
    GROUP BY s.affiliation_id
    HAVING bool_or(s.is_hidden)
),

standing AS (
    SELECT * FROM main.affiliations WHERE affiliation_id NOT IN (SELECT affiliation_id FROM counted)
    UNION ALL BY NAME
    SELECT f.* REPLACE (
        c.first_seen_on AS first_seen_on,
        c.last_seen_on AS last_seen_on,
        c.article_count AS article_count,
        c.evidence_article_id AS evidence_article_id
    )
    FROM main.affiliations AS f
    JOIN counted AS c USING (affiliation_id)
    WHERE c.article_count > 0
)

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
FROM standing AS f
JOIN main.actors AS p ON p.actor_id = f.actor_id
JOIN main.articles AS e ON e.article_id = f.evidence_article_id
LEFT JOIN main.organizations AS o ON o.organization_id = f.organization_id
