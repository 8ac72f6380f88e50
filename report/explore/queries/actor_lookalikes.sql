-- one row per actor of the same kind that may be the same actor: it shares a name or the last word of a name
WITH named AS (
    SELECT kind, string_split(plain_name, ' ')[-1] AS last_word
    FROM people
    WHERE actor_id = $id
),

shared AS (
    SELECT DISTINCT actor_id
    FROM main.actor_aliases
    WHERE actor_id <> $id
        AND alias IN (SELECT alias FROM main.actor_aliases WHERE actor_id = $id AND rule NOT IN ('title', 'nominal'))
),

alike AS (
    SELECT p.actor_id, p.name, s.actor_id IS NOT NULL AS is_shared
    FROM people AS p
    JOIN named AS n ON n.kind = p.kind
    LEFT JOIN shared AS s ON s.actor_id = p.actor_id
    WHERE p.actor_id <> $id
        AND (s.actor_id IS NOT NULL OR (length(n.last_word) > 2 AND ends_with(p.plain_name, n.last_word)
            AND string_split(p.plain_name, ' ')[-1] = n.last_word))
)

SELECT p.actor_id, p.name, p.kind, p.country_code AS country, p.first_seen_on, p.last_seen_on
FROM alike AS l
JOIN main.actors AS p ON p.actor_id = l.actor_id
ORDER BY l.is_shared DESC, p.last_seen_on DESC NULLS LAST, p.name, p.actor_id
