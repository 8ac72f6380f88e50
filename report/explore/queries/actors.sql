-- one row per actor with these words in one of its names; most mentions first
WITH named AS (
    SELECT actor_id, sum(mention_count) AS mentions
    FROM main.actor_aliases
    WHERE rule NOT IN ('title', 'nominal') AND contains(strip_accents(lower(alias)), strip_accents(lower($name)))
    GROUP BY actor_id
)

SELECT p.actor_id, p.name, p.kind, p.country_code AS country, coalesce(n.mentions, 0)::BIGINT AS mentions,
    p.first_seen_on, p.last_seen_on
FROM main.actors AS p
LEFT JOIN named AS n USING (actor_id)
WHERE (n.actor_id IS NOT NULL OR contains(strip_accents(lower(p.name)), strip_accents(lower($name))))
    AND ($kind IS NULL OR p.kind = $kind) AND p.kind <> 'nobody'
ORDER BY strip_accents(lower(p.name)) = strip_accents(lower($name)) DESC, mentions DESC, p.name, p.actor_id
