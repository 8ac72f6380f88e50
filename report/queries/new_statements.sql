-- one row per speaker quoted in a run, with one of the statements; the most quoted speakers first
WITH since AS MATERIALIZED (
    -- rows of the run have its version or a later one; a join on it skips the blocks of older rows
    SELECT version_no AS since_version FROM ops.versions
    WHERE version_no >= (SELECT coalesce(min(version_no), 0) FROM ops.versions WHERE run_id = $run_id)
),

added AS MATERIALIZED (
    SELECT * FROM main.statements SEMI JOIN since USING (since_version)
    WHERE run_id = $run_id AND correction IS DISTINCT FROM 'deleted'
),

their_articles AS MATERIALIZED (  -- by rowid: to read all columns of all rows takes longer
    SELECT article_id, outlet, agency, headline FROM main.articles
    WHERE rowid IN (SELECT rowid FROM main.articles SEMI JOIN added USING (article_id))
        AND copy_of IS NULL AND is_killed IS NOT TRUE
),

fresh AS (
    SELECT s.actor_id, arg_max(s.statement_id, (s.confidence, s.statement_id)) AS statement_id
    FROM added AS s
    SEMI JOIN their_articles AS a USING (article_id)
    JOIN main.actors AS p USING (actor_id)
    WHERE p.kind <> 'unnamed'
    GROUP BY s.actor_id
),

prominent AS (
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
JOIN added AS s ON s.statement_id = n.statement_id
JOIN their_articles AS a ON a.article_id = s.article_id
JOIN main.actors AS p ON p.actor_id = s.actor_id
ORDER BY n.quoted DESC, s.statement_id
