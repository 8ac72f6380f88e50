-- one row per speaker quoted in the same articles as the actor, most articles first
WITH voices AS (
    SELECT actor_id, count(DISTINCT article_id) AS articles, max(published_on) AS last_on
    FROM said
    WHERE article_id IN (SELECT article_id FROM said WHERE actor_id = $id) AND actor_id <> $id
    GROUP BY actor_id
)

SELECT p.actor_id, p.name, p.kind, v.articles, v.last_on
FROM voices AS v
JOIN people AS p ON p.actor_id = v.actor_id
ORDER BY v.articles DESC, p.name, p.actor_id
