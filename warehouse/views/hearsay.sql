-- One row is one statement told in another: who tells it, and who is said to have said what; none of killed stories and copies.
SELECT
    n.published_on,
    coalesce(a.outlet, a.agency) AS outlet_or_agency, -- who published the article, else the agency that it is from
    t.name AS teller, -- who made the statement that tells of it
    o.cue AS teller_cue, -- how the article attributes that one
    p.name AS speaker, -- who is said to have said it
    n.cue,
    n.cue_class,
    n.content AS statement, -- what is said to have been said
    o.content AS told_in, -- the whole statement that tells of it
    n.confidence,
    n.actor_id,
    o.actor_id AS teller_id, -- actor_id of the teller
    n.article_id,
    n.statement_id,
    n.parent_statement_id
FROM main.statements AS n
JOIN main.statements AS o ON o.statement_id = n.parent_statement_id
JOIN main.articles AS a ON a.article_id = n.article_id
LEFT JOIN main.actors AS p ON p.actor_id = n.actor_id AND p.kind <> 'nobody'
LEFT JOIN main.actors AS t ON t.actor_id = o.actor_id AND t.kind <> 'nobody'
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
    AND n.correction IS DISTINCT FROM 'deleted' AND o.correction IS DISTINCT FROM 'deleted'
