-- one row: the statement and its article
SELECT s.*, p.name AS speaker, p.kind AS speaker_kind, o.name AS organization, a.headline, a.story_id,
    coalesce(a.outlet, a.agency) AS outlet, a.copy_of, a.is_killed, a.body
FROM (SELECT * FROM main.statements AS s WHERE s.statement_id = $id) AS s
JOIN main.articles AS a ON a.article_id = s.article_id
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id
LEFT JOIN main.actors AS o ON o.actor_id = s.organization_id
