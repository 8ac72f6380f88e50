-- one row a speaker with a name, most statements first; killed stories and copies aside
SELECT p.actor_id, p.name, p.kind, count(*) AS statements, count(DISTINCT s.article_id) AS articles,
    arg_max(s.role, s.published_on) FILTER (s.role IS NOT NULL) AS last_role, max(s.published_on) AS last_on
FROM main.statements AS s
JOIN main.actors AS p USING (actor_id)
SEMI JOIN (SELECT article_id FROM main.articles WHERE copy_of IS NULL AND is_killed IS NOT TRUE) USING (article_id)
WHERE p.kind <> 'unnamed' AND s.speaker_resolution NOT IN ('role', 'unnamed')
GROUP BY p.actor_id, p.name, p.kind
ORDER BY statements DESC, p.name, p.actor_id
