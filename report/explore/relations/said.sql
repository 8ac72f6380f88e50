SELECT
    s.statement_id, s.article_id, p.actor_id, f.actor_id AS organization_id, s.role, s.kind, s.cue_class,
    s.speaker_resolution AS naming, s.source_type, s.published_on, coalesce(a.outlet, a.agency) AS outlet,
    coalesce(p.country_code, f.country_code) AS country, s.confidence, s.run_id,
    hash(a.story_id, coalesce(p.actor_id, s.source), s.content) AS copy_key
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id AND p.kind <> 'nobody'
LEFT JOIN main.actors AS f ON f.actor_id = s.organization_id AND f.kind <> 'nobody'
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
