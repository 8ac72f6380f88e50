-- warning on actors: An actor with very many names is probably several actors merged by mistake.
-- expected: a person has at most $max_names names, any other actor at most $max_other_names
-- $max_names = 15: a prominent person has eight to ten: full name, surname, initials, spellings, titles
-- $max_other_names = 30: organizations and countries also have acronyms, former names, adjectives and seats of government
SELECT
    a.actor_id,
    a.name,
    a.kind,
    count(*) AS names,
    array_to_string(list(n.alias ORDER BY n.mention_count DESC)[:8], ', ') AS the_first,
    format('{} has {} names', a.name, count(*)) AS observed
FROM staging.actors AS a
JOIN staging.actor_aliases AS n USING (actor_id)
GROUP BY a.actor_id, a.name, a.kind
HAVING count(*) > CASE a.kind WHEN 'person' THEN $max_names ELSE $max_other_names END
ORDER BY names DESC
