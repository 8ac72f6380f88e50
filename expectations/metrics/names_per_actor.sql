-- warning on actors: More names per actor than usual mean that different actors were merged.
-- expected: the usual number of names per actor, for persons and for organizations
-- $min_rows = 50: with fewer actors, one odd actor changes the result
SELECT a.kind AS scope, count(*) / count(DISTINCT a.actor_id) AS value, count(DISTINCT a.actor_id) AS row_count
FROM staging.actors AS a
JOIN staging.actor_aliases AS n USING (actor_id)
WHERE a.kind IN ('person', 'organization')
GROUP BY a.kind
HAVING count(DISTINCT a.actor_id) >= $min_rows
