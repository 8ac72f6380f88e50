-- One row is one statement in a flat form: who said it, in what role, where, when and in which words; without killed stories and copies.
WITH speakers AS (
    SELECT actor_id, name, kind, country_code, country_from FROM main.actors WHERE kind <> 'nobody'
),

spoken_for AS (
    SELECT
        a.actor_id,
        a.name,
        coalesce(a.country_code, o.country_code) AS country_code,
        coalesce(a.country_from, o.country_from) AS country_from
    FROM main.actors AS a
    LEFT JOIN main.organizations AS o ON o.organization_id = a.actor_id
    WHERE a.kind <> 'nobody'
)

SELECT
    s.published_on,
    a.outlet,
    p.name AS speaker, -- fullest name of the speaker; null if no actor was found
    p.kind AS speaker_kind, -- person, organization, country, group, unnamed
    s.role,
    f.name AS organization, -- name of the organization or country spoken for
    coalesce(p.country_code, f.country_code) AS country, -- country of the speaker, else of the organization; ISO 3166-1 alpha-2
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
    s.speaker_resolution,
    s.confidence,
    a.headline,
    a.agency,
    a.language,
    a.story_id,
    a.is_latest,
    s.extractor_version,
    s.run_id,
    s.since_version,
    s.seq_no,
    s.statement_id,
    p.actor_id, -- actor_id of the speaker; null if a correction says that the name is not an actor
    f.actor_id AS organization_id,
    s.article_id,
    s.source_type,
    CASE WHEN p.country_code IS NULL THEN f.country_from ELSE p.country_from END
        AS country_from, -- evidence for the country: text, seed or context
    coalesce(a.outlet, a.agency) AS outlet_or_agency, -- outlet that published the article; if unknown, its news agency
    a.path, -- file that the article is from
    a.url, -- address of the article
    a.byline,
    s.speaker_confidence,
    s.parent_statement_id,
    s.is_headline,
    coalesce(s.utterance_id, s.statement_id) AS utterance_id -- the utterance: statement_id of its first print
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
LEFT JOIN speakers AS p ON p.actor_id = s.actor_id
LEFT JOIN spoken_for AS f ON f.actor_id = s.organization_id
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
