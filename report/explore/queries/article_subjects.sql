-- one row an actor of whom or to whom a statement of the article speaks
SELECT DISTINCT r.statement_id, t.actor_id, t.name, t.kind, r.relation
FROM main.statements AS s
JOIN main.statement_actors AS r USING (statement_id)
JOIN main.actors AS t ON t.actor_id = r.actor_id
WHERE s.article_id = $id AND r.relation IN ('mentioned', 'addressee')
ORDER BY r.statement_id, t.name
