-- One row is one line of the corrections file, with what it changed in the last run.
SELECT
    c.correction_no,
    c.action,
    c.actor,
    c.value,
    c.note,
    c.outcome, -- applied, not_met (no such actor), met_several (several such actors: name one by its id), not_in_text (no such words in the article)
    a.name AS actor_name, -- name it has now
    a.kind AS actor_kind, -- person, organization, country, group, unnamed
    c.profile_count,
    count(s.statement_id) AS statements, -- what that actor said
    c.actor_id,
    c.run_id
FROM ops.actor_corrections AS c
LEFT JOIN main.actors AS a ON a.actor_id = c.actor_id
LEFT JOIN main.statements AS s ON s.actor_id = c.actor_id
GROUP BY ALL
