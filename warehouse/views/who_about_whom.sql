-- One row is one speaker and one actor whom they speak about or to, in one relation and with one class of cue: an edge with a tone.
SELECT
    p.name AS speaker, -- name of the speaker
    t.name AS subject, -- name of the actor whom the statements are about or addressed to
    r.relation,
    s.cue_class,
    count(*) AS statements, -- number of statements
    count(DISTINCT s.article_id) AS articles, -- number of articles with these statements
    min(s.published_on) AS first_on, -- day of the first statement
    max(s.published_on) AS last_on, -- day of the last statement
    s.actor_id AS speaker_id, -- actor_id of the speaker
    r.actor_id AS subject_id -- actor_id of the subject
FROM main.statement_actors AS r
JOIN main.statements AS s USING (statement_id)
JOIN main.articles AS a USING (article_id)
JOIN main.actors AS p ON p.actor_id = s.actor_id
JOIN main.actors AS t ON t.actor_id = r.actor_id
WHERE r.relation IN ('mentioned', 'addressee') AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
    AND s.correction IS DISTINCT FROM 'deleted' AND p.kind <> 'nobody' AND t.kind <> 'nobody'
GROUP BY s.actor_id, r.actor_id, p.name, t.name, r.relation, s.cue_class
