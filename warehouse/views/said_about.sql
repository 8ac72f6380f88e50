-- One row is one actor whom one statement is about or addressed to: what is said about whom.
WITH subjects AS (
    SELECT
        r.statement_id, r.actor_id, r.relation, r.stance, r.stance_confidence, a.name, a.kind, a.country_code
    FROM main.statement_actors AS r
    JOIN main.actors AS a USING (actor_id)
    WHERE r.relation IN ('mentioned', 'addressee') AND a.kind <> 'nobody'
)

SELECT
    t.name AS subject, -- fullest name of the actor whom the statement is about or addressed to
    t.kind AS subject_kind, -- person, organization, country, group, unnamed
    t.country_code AS subject_country, -- ISO 3166-1 alpha-2
    t.relation,
    s.published_on,
    a.outlet,
    p.name AS speaker, -- fullest name of the speaker; null if no actor was found
    p.kind AS speaker_kind, -- person, organization, country, group, unnamed
    coalesce(p.country_code, f.country_code) AS speaker_country, -- country of the speaker, else of the organization or country they speak for
    s.role,
    s.cue,
    s.cue_class,
    s.is_negated,
    s.modality,
    s.kind,
    substr(CASE
        WHEN len(s.content_spans) > 1 THEN array_to_string(list_transform(s.content_spans, lambda piece, i: concat(
            CASE WHEN piece['start'] - s.content_spans[i - 1]['end'] > 4 THEN '… ' END,
            substring(
                s.content,
                list_sum(list_transform(s.content_spans[:i], lambda p: p['end'] - p['start'] + 1))::INTEGER - (piece['end'] - piece['start']),
                piece['end'] - piece['start']
            )
        )), ' ')
        ELSE s.content
    END, CASE WHEN s.kind <> 'direct' AND s.content LIKE 'that %' THEN 6 ELSE 1 END)
        AS statement, -- what was said, word for word, without an introductory 'that'; '…' stands for other words between two pieces
    s.source,
    s.statement_id,
    a.story_id,
    a.is_latest,
    t.actor_id AS subject_id, -- actor_id of the subject
    p.actor_id AS speaker_id, -- actor_id of the speaker
    s.article_id,
    t.stance,
    t.stance_confidence,
    coalesce(a.outlet, a.agency) AS outlet_or_agency, -- outlet that published the article; if unknown, its news agency
    a.headline,
    a.byline,
    a.path, -- file that the article is from
    a.url -- address of the article
FROM subjects AS t
JOIN main.statements AS s USING (statement_id)
JOIN main.articles AS a USING (article_id)
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id AND p.kind <> 'nobody'
LEFT JOIN main.actors AS f ON f.actor_id = s.organization_id
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
