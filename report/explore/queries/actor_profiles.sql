-- one row per profile: what some articles say about the actor, and the rule that linked it to this actor
SELECT
    f.profile_id, f.name, f.rule, list_transform(f.roles, lambda role: role.text) AS roles, f.article_count AS articles,
    f.first_seen_on, f.last_seen_on, f.evidence_article_id AS article_id, e.headline
FROM main.profiles AS f
LEFT JOIN main.articles AS e ON e.article_id = f.evidence_article_id
WHERE f.actor_id = $id
ORDER BY f.article_count DESC, f.first_seen_on, f.profile_id
