-- one row per actor that the article names or quotes, with the roles that it gives the actor
WITH speaking AS (
    SELECT s.actor_id, s.profile_id FROM main.statements AS s WHERE s.article_id = $id
),

named AS (
    SELECT actor_id, profile_id, text, mention_kind FROM main.mentions WHERE article_id = $id
    UNION ALL
    SELECT actor_id, profile_id, NULL, NULL FROM speaking WHERE actor_id IS NOT NULL AND profile_id IS NOT NULL
),

grouped AS (
    SELECT
        actor_id,
        list_sort(list(DISTINCT text) FILTER (WHERE mention_kind = 'name')) AS aliases,
        list(DISTINCT profile_id) AS profiles
    FROM named
    GROUP BY actor_id
),

described AS (
    SELECT g.actor_id, list_sort(list_distinct(flatten(list(f.roles)))) AS roles
    FROM grouped AS g
    JOIN main.profiles AS f ON list_contains(g.profiles, f.profile_id)
    GROUP BY ALL
)

SELECT
    a.actor_id, a.name, a.kind, o.org_type AS type, coalesce(o.country_code, a.country_code) AS country,
    coalesce(g.aliases, []) AS aliases,
    list_transform(coalesce(t.roles, []), lambda role: {'role': role.text, 'body': role.body, 'country': role.country_code}) AS roles
FROM grouped AS g
JOIN main.actors AS a ON a.actor_id = g.actor_id AND a.kind NOT IN ('nobody', 'unnamed')
LEFT JOIN main.organizations AS o ON o.organization_id = g.actor_id
LEFT JOIN described AS t ON t.actor_id = g.actor_id
ORDER BY a.kind = 'person' DESC, a.name, a.actor_id
