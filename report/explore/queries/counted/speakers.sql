-- one row per named speaker, most statements first; without killed stories and copies
SELECT p.actor_id, p.name, p.kind, c.statements
FROM figures.counts AS c
JOIN main.actors AS p ON p.actor_id = c.one
WHERE c.figure = 'speaker' AND p.kind NOT IN ('unnamed', 'nobody')
ORDER BY c.statements DESC, p.name, p.actor_id
