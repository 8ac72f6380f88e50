-- one row per person and role at the organization or for the country, with the days on which articles say so
SELECT p.actor_id, p.name, f.role, f.first_seen_on, f.last_seen_on, f.article_count AS articles,
    f.evidence_article_id AS article_id
FROM main.affiliations AS f
JOIN main.actors AS p ON p.actor_id = f.actor_id
WHERE f.organization_id = $id OR 'country:' || f.country_code = $id
ORDER BY f.article_count DESC, f.last_seen_on DESC NULLS LAST, p.name, f.affiliation_id
