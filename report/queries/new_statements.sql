-- one row per speaker quoted in a run, with one of the statements; the most quoted speakers first
WITH fresh AS (
    SELECT s.actor_id, arg_max(s.statement_id, (s.confidence, s.statement_id)) AS statement_id
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    JOIN main.actors AS p USING (actor_id)
    WHERE s.run_id = $run_id AND p.kind <> 'unnamed' AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
        AND s.correction IS DISTINCT FROM 'deleted'
    GROUP BY s.actor_id
),

prominent AS MATERIALIZED (
    SELECT f.statement_id, coalesce(c.statements, 0) AS quoted
    FROM fresh AS f
    LEFT JOIN kept_counts AS c ON c.figure = 'speaker' AND c.one = f.actor_id
    ORDER BY quoted DESC, f.statement_id
    LIMIT 100
)

SELECT s.statement_id, s.published_on, p.name AS speaker, p.kind AS speaker_kind, s.actor_id, s.role, s.cue, s.cue_class, s.kind,
    s.is_negated, s.content AS statement,
    coalesce(a.outlet, a.agency) AS outlet, a.headline, s.article_id, s.seq_no, n.quoted,
    s.content_spans
FROM prominent AS n
JOIN main.statements AS s ON s.statement_id = n.statement_id AND s.run_id = $run_id
JOIN main.articles AS a ON a.article_id = s.article_id
JOIN main.actors AS p ON p.actor_id = s.actor_id
ORDER BY n.quoted DESC, s.statement_id
