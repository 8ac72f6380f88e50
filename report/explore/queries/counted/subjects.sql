-- one row per actor that statements speak about or to, most statements first; without killed stories and copies
SELECT t.actor_id, t.name, t.kind, c.statements
FROM figures.counts AS c
JOIN main.actors AS t ON t.actor_id = c.one
WHERE c.figure = 'subject' AND t.kind NOT IN ('unnamed', 'nobody')
ORDER BY c.statements DESC, t.name, t.actor_id
