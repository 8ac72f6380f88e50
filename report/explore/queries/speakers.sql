-- one row per named speaker, most statements first; without killed stories and copies
WITH voices AS (
    SELECT actor_id, count(*) AS statements, count(DISTINCT article_id) AS articles,
        arg_max(role, (published_on, role)) FILTER (role IS NOT NULL) AS last_role, max(published_on) AS last_on
    FROM said
    WHERE naming NOT IN ('role', 'unnamed')
    GROUP BY actor_id
)

SELECT p.actor_id, p.name, p.kind, v.statements, v.articles, v.last_role, v.last_on
FROM voices AS v
JOIN people AS p ON p.actor_id = v.actor_id
WHERE p.kind <> 'unnamed'
ORDER BY v.statements DESC, p.name, p.actor_id
