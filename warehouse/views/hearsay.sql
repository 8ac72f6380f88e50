-- One row is one statement by one speaker that another speaker reports: who reports it, who is said to have made it, and what it says; without killed stories and copies, and without what somebody may say, did not say, or only knows or plans.
WITH inner_statements AS MATERIALIZED (  -- few statements are inside another one
    SELECT
        published_on, actor_id, article_id, statement_id, parent_statement_id, cue, cue_class, content, confidence
    FROM main.statements
    WHERE parent_statement_id IS NOT NULL AND correction IS DISTINCT FROM 'deleted'
        AND modality = 'asserted' AND NOT is_negated
        AND cue_lemma NOT IN (
            'decide', 'forget', 'intend', 'know', 'plan', 'realise', 'realize', 'recognise', 'recognize', 'see', 'understand'
        )
),

outer_statements AS (
    SELECT statement_id, actor_id, cue, content
    FROM main.statements
    WHERE statement_id IN (SELECT parent_statement_id FROM inner_statements) AND correction IS DISTINCT FROM 'deleted'
)

SELECT
    n.published_on,
    coalesce(a.outlet, a.agency) AS outlet_or_agency, -- outlet that published the article; if unknown, its news agency
    t.name AS teller, -- speaker of the reporting statement
    o.cue AS teller_cue, -- cue of the reporting statement
    p.name AS speaker, -- who is said to have made the reported statement
    n.cue,
    n.cue_class,
    n.content AS statement, -- the reported statement
    o.content AS told_in, -- content of the reporting statement, which includes the reported one
    n.confidence,
    n.actor_id,
    o.actor_id AS teller_id, -- actor_id of the teller
    n.article_id,
    n.statement_id,
    n.parent_statement_id
FROM inner_statements AS n
JOIN outer_statements AS o ON o.statement_id = n.parent_statement_id
JOIN main.articles AS a ON a.article_id = n.article_id
LEFT JOIN main.actors AS p ON p.actor_id = n.actor_id AND p.kind <> 'nobody'
LEFT JOIN main.actors AS t ON t.actor_id = o.actor_id AND t.kind <> 'nobody'
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
    AND o.actor_id IS DISTINCT FROM n.actor_id -- "he said that he had told her so"
    AND (o.cue <> '' OR t.kind = 'person') -- text after a heading such as "Related" may be taken for its statement
