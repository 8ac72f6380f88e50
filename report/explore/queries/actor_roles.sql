-- one row per role of the person at an organization or for a country, in order of the days seen
SELECT
    f.role, o.name AS organization, coalesce(f.country_code, o.country_code) AS country, f.first_seen_on, f.last_seen_on,
    f.article_count AS articles, f.evidence_article_id AS article_id, f.organization_id
FROM main.affiliations AS f
LEFT JOIN main.organizations AS o ON o.organization_id = f.organization_id
WHERE f.actor_id = $id
ORDER BY f.first_seen_on NULLS LAST, f.last_seen_on NULLS LAST, f.affiliation_id
