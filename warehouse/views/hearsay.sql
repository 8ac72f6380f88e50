-- One row is one statement by one speaker that another speaker reports: who reports it, who is said to have made it, and what it says; without killed stories and copies, and without what somebody may say, did not say, or only knows or plans.
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
FROM main.statements AS n
JOIN main.statements AS o ON o.statement_id = n.parent_statement_id
JOIN main.articles AS a ON a.article_id = n.article_id
LEFT JOIN main.actors AS p ON p.actor_id = n.actor_id AND p.kind <> 'nobody'
LEFT JOIN main.actors AS t ON t.actor_id = o.actor_id AND t.kind <> 'nobody'
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
    AND n.correction IS DISTINCT FROM 'deleted' AND o.correction IS DISTINCT FROM 'deleted'
    AND o.actor_id IS DISTINCT FROM n.actor_id -- "he said that he had told her so"
    AND n.modality = 'asserted' AND NOT n.is_negated
    AND n.cue_lemma NOT IN (
        'decide', 'forget', 'intend', 'know', 'plan', 'realise', 'realize', 'recognise', 'recognize', 'see', 'understand'
    )
    AND (o.cue <> '' OR t.kind = 'person') -- text after a heading such as "Related" may be taken for its statement
