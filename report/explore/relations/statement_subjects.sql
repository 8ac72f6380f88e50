SELECT r.statement_id, t.actor_id AS subject_id, r.relation
FROM main.statement_actors AS r
JOIN main.actors AS t USING (actor_id)
WHERE r.relation IN ('mentioned', 'addressee') AND t.kind <> 'nobody'
