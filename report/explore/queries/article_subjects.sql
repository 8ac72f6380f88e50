-- one row per actor that a statement of the article speaks about or to
WITH own AS (
    SELECT statement_id FROM main.statements AS s WHERE s.article_id = $id
)

SELECT DISTINCT r.statement_id, t.actor_id, t.name, t.kind, r.relation
FROM main.statement_actors AS r
JOIN main.actors AS t ON t.actor_id = r.actor_id
WHERE r.statement_id IN (SELECT statement_id FROM own) AND r.relation IN ('mentioned', 'addressee')
ORDER BY r.statement_id, t.name
