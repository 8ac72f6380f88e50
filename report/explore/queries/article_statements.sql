-- one row per statement of the article, in the order of the text
SELECT
    s.statement_id, s.seq_no, s.kind, s.content, s.content_spans, s.cue, s.cue_start, s.cue_end, s.cue_class, s.is_negated,
    s.modality, s.source, s.source_start, s.source_end, s.speaker_resolution, s.role, s.confidence, s.actor_id,
    p.name AS speaker, p.kind AS speaker_kind, s.organization_id, o.name AS organization
FROM main.statements AS s
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id
LEFT JOIN main.actors AS o ON o.actor_id = s.organization_id
WHERE s.article_id = $id
ORDER BY s.seq_no
