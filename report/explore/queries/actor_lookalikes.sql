-- one row an actor of the same kind that may be the same one: it shares a name, or the last word of the name
WITH named AS (
    SELECT kind, strip_accents(lower(name)) AS name, strip_accents(lower(string_split(name, ' ')[-1])) AS last_word
    FROM main.actors
    WHERE actor_id = $id
),

shared AS (
    SELECT DISTINCT other.actor_id
    FROM main.actor_aliases AS mine
    JOIN main.actor_aliases AS other ON other.alias = mine.alias AND other.actor_id <> mine.actor_id
    WHERE mine.actor_id = $id AND mine.rule NOT IN ('title', 'nominal')
)

SELECT p.actor_id, p.name, p.kind, p.country_code AS country, p.first_seen_on, p.last_seen_on
FROM main.actors AS p
JOIN named AS n ON n.kind = p.kind
WHERE p.actor_id <> $id AND (
    p.actor_id IN (SELECT actor_id FROM shared)
    OR (length(n.last_word) > 2 AND strip_accents(lower(string_split(p.name, ' ')[-1])) = n.last_word)
)
ORDER BY p.actor_id IN (SELECT actor_id FROM shared) DESC, p.last_seen_on DESC NULLS LAST, p.name, p.actor_id
