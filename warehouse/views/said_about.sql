-- One row is one actor spoken of, or spoken to, in one statement: what is said about whom.
WITH subjects AS (
    SELECT r.statement_id, r.actor_id, r.relation, a.name, a.kind, a.country_code
    FROM main.statement_actors AS r
    JOIN main.actors AS a USING (actor_id)
    WHERE r.relation IN ('mentioned', 'addressee')
)

SELECT
    t.name AS subject,
    t.kind AS subject_kind,
    t.country_code AS subject_country,
    t.relation,
    s.published_on,
    a.outlet,
    p.name AS speaker,
    p.kind AS speaker_kind,
    s.role,
    s.cue,
    s.cue_class,
    s.is_negated,
    s.modality,
    s.kind,
    s.content AS statement,
    s.source,
    s.statement_id,
    t.actor_id AS subject_id,
    s.actor_id AS speaker_id,
    s.article_id
FROM subjects AS t
JOIN main.statements AS s USING (statement_id)
JOIN main.articles AS a USING (article_id)
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id
