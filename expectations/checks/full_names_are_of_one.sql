-- info on actor_aliases: A full name that several actors of one kind share is worth a look: one person split, or two namesakes.
-- expected: a name of two words and more is the name of one actor of its kind
SELECT n.alias, a.kind, count(DISTINCT a.actor_id) AS actors, list(DISTINCT a.actor_id) AS actor_ids
FROM staging.actor_aliases AS n
JOIN staging.actors AS a USING (actor_id)
WHERE n.alias LIKE '% %' AND a.kind IN ('person', 'organization')
GROUP BY n.alias, a.kind
HAVING count(DISTINCT a.actor_id) > 1
ORDER BY actors DESC, n.alias
