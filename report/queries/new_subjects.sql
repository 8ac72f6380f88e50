-- one row an actor that statements of the last version speak of, most first
SELECT t.actor_id, t.name, t.kind, count(DISTINCT s.statement_id) AS statements
FROM main.statements AS s
JOIN main.statement_actors AS r USING (statement_id)
JOIN main.actors AS t ON t.actor_id = r.actor_id
WHERE s.run_id = $run_id AND r.relation IN ('mentioned', 'addressee') AND t.kind <> 'unnamed'
GROUP BY t.actor_id, t.name, t.kind
ORDER BY statements DESC, t.name, t.actor_id
