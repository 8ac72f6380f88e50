-- one row per speaker quoted in a run, with one of the statements; the most quoted speakers first
WITH since AS MATERIALIZED (
    -- rows of the run have its version or a later one; a join on it skips the blocks of older rows
    SELECT version_no AS since_version FROM ops.versions
    WHERE version_no >= (SELECT coalesce(min(version_no), 0) FROM ops.versions WHERE run_id = $run_id)
),

fresh AS (
    SELECT s.actor_id, arg_max(s.statement_id, (s.confidence, s.statement_id)) AS statement_id
    FROM (FROM main.statements SEMI JOIN since USING (since_version)) AS s
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
),

quoted_in AS MATERIALIZED (
    SELECT s.*, n.quoted
    FROM prominent AS n
    JOIN (FROM main.statements SEMI JOIN since USING (since_version)) AS s ON s.statement_id = n.statement_id
),

their_articles AS (  -- by rowid: to read all columns of all rows takes longer
    SELECT article_id, outlet, agency, headline FROM main.articles
    WHERE rowid IN (SELECT rowid FROM main.articles SEMI JOIN quoted_in USING (article_id))
)

SELECT s.statement_id, s.published_on, p.name AS speaker, p.kind AS speaker_kind, s.actor_id, s.role, s.cue, s.cue_class, s.kind,
    s.is_negated, s.content AS statement,
    coalesce(a.outlet, a.agency) AS outlet, a.headline, s.article_id, s.seq_no, s.quoted,
    s.content_spans
FROM quoted_in AS s
JOIN their_articles AS a ON a.article_id = s.article_id
JOIN main.actors AS p ON p.actor_id = s.actor_id
ORDER BY s.quoted DESC, s.statement_id
