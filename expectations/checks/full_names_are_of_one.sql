-- info on actor_aliases: Several actors with the same full name may be namesakes, or one person who was split by mistake.
-- expected: a name of two or more words belongs to at most one actor of each kind
SELECT n.alias, a.kind, count(DISTINCT a.actor_id) AS actors, list(DISTINCT a.actor_id) AS actor_ids
FROM staging.actor_aliases AS n
JOIN staging.actors AS a USING (actor_id)
WHERE n.alias LIKE '% %' AND a.kind IN ('person', 'organization')
GROUP BY n.alias, a.kind
HAVING count(DISTINCT a.actor_id) > 1
ORDER BY actors DESC, n.alias
