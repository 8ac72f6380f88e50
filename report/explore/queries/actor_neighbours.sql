-- one row a speaker who is quoted in the same articles as the actor, most articles first
WITH present AS (
    SELECT DISTINCT article_id
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    WHERE s.actor_id = $id AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
)

SELECT p.actor_id, p.name, p.kind, count(DISTINCT s.article_id) AS articles, max(s.published_on) AS last_on
FROM main.statements AS s
SEMI JOIN present USING (article_id)
JOIN main.actors AS p ON p.actor_id = s.actor_id
WHERE s.actor_id <> $id
GROUP BY p.actor_id, p.name, p.kind
ORDER BY articles DESC, p.name, p.actor_id
