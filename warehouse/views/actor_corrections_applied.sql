-- One row is one line of the corrections file, with its effect in the last run.
SELECT
    c.correction_no,
    c.action,
    c.actor,
    c.value,
    c.note,
    c.outcome, -- applied; not_met (no such actor or statement); met_several (several actors have the name, so give an id); not_in_text (the article does not have these words); contradicted (a later line says otherwise)
    a.name AS actor_name, -- current name of the actor
    a.kind AS actor_kind, -- person, organization, country, group, unnamed, nobody
    c.profile_count,
    count(s.statement_id) AS statements, -- number of the actor's statements
    c.actor_id,
    c.run_id
FROM ops.actor_corrections AS c
LEFT JOIN main.actors AS a ON a.actor_id = c.actor_id
LEFT JOIN main.statements AS s ON s.actor_id = c.actor_id
GROUP BY ALL
