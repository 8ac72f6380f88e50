-- one row a role of the person at one organization or for one country, in the order in which they are seen
SELECT
    f.role, o.name AS organization, coalesce(f.country_code, o.country_code) AS country, f.first_seen_on, f.last_seen_on,
    f.article_count AS articles, f.evidence_article_id AS article_id, f.organization_id
FROM main.affiliations AS f
LEFT JOIN main.organizations AS o ON o.organization_id = f.organization_id
WHERE f.actor_id = $id
ORDER BY f.first_seen_on NULLS LAST, f.last_seen_on NULLS LAST, f.affiliation_id
