-- one row per statement of the article for its annotation, including deleted ones, with the speaker found
WITH own AS (
    SELECT * FROM main.statements AS s WHERE s.article_id = $id
),

others AS (
    SELECT
        r.statement_id,
        list(a.name ORDER BY a.name) FILTER (WHERE r.relation = 'co_speaker') AS co_speakers,
        min(a.name) FILTER (WHERE r.relation = 'addressee') AS addressee
    FROM main.statement_actors AS r
    JOIN main.actors AS a USING (actor_id)
    WHERE r.statement_id IN (SELECT statement_id FROM own) AND a.kind <> 'nobody'
    GROUP BY ALL
)

SELECT
    s.statement_id, s.seq_no, s.content_spans, coalesce(s.found_spans, s.content_spans) AS found_spans, s.cue_start,
    s.cue_end, s.cue_class, s.is_negated, s.source, s.source_start, s.source_end, s.speaker_resolution, s.role,
    s.correction, f.actor_id AS found_actor_id, p.actor_id, p.name AS speaker, p.kind AS speaker_kind,
    o.name AS organization, coalesce(p.country_code, o.country_code) AS country, t.co_speakers, t.addressee
FROM own AS s
LEFT JOIN main.profiles AS f ON f.profile_id = s.profile_id
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id AND p.kind <> 'nobody'
LEFT JOIN main.actors AS o ON o.actor_id = s.organization_id AND o.kind <> 'nobody'
LEFT JOIN others AS t ON t.statement_id = s.statement_id
ORDER BY s.seq_no
