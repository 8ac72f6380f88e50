-- One row is one run: its files, articles, statements, rejects and results of checks.
WITH file_totals AS (
    SELECT
        run_id,
        count(*) AS files,
        count(*) FILTER (WHERE outcome = 'loaded') AS files_loaded,
        count(*) FILTER (WHERE outcome = 'unchanged') AS files_unchanged,
        count(*) FILTER (WHERE outcome = 'duplicate') AS files_duplicate,
        count(*) FILTER (WHERE outcome = 'rejected') AS files_rejected,
        sum(articles_found) AS articles_found,
        sum(articles_loaded) AS articles_loaded,
        sum(articles_duplicate) AS articles_duplicate,
        sum(articles_rejected) AS articles_rejected
    FROM ops.files
    GROUP BY run_id
),

statement_totals AS (
    SELECT run_id, count(*) AS statements, count(actor_id) AS with_speaker
    FROM main.statements
    GROUP BY run_id
),

check_totals AS (
    SELECT
        run_id,
        count(*) AS checks,
        count(*) FILTER (WHERE NOT success AND severity = 'critical') AS critical_failures,
        count(*) FILTER (WHERE NOT success AND severity = 'warning') AS warnings
    FROM ops.checks
    GROUP BY run_id
),

reject_totals AS (
    SELECT run_id, count(*) AS rejects FROM ops.rejects GROUP BY run_id
),

pruned AS ( -- counts of the rows that `onrecord maintain` dropped from old runs, by column of this view
    SELECT run_id, map_from_entries(list((scope, value::BIGINT))) AS counts
    FROM ops.metrics
    WHERE metric = 'pruned'
    GROUP BY run_id
)

SELECT
    r.run_id,
    r.started_at,
    r.ended_at,
    r.status,
    coalesce(f.files, 0) + coalesce(p.counts['files'], 0) AS files, -- files found
    coalesce(f.files_loaded, 0) + coalesce(p.counts['files_loaded'], 0) AS files_loaded, -- files with at least one new article
    coalesce(f.files_unchanged, 0) + coalesce(p.counts['files_unchanged'], 0) AS files_unchanged, -- files whose bytes an earlier run has read
    coalesce(f.files_duplicate, 0) + coalesce(p.counts['files_duplicate'], 0) AS files_duplicate, -- files whose articles were all in the warehouse already
    coalesce(f.files_rejected, 0) + coalesce(p.counts['files_rejected'], 0) AS files_rejected, -- files from which nothing was loaded because of a fault
    coalesce(f.articles_found, 0)::BIGINT + coalesce(p.counts['articles_found'], 0) AS articles_found, -- articles in the files
    coalesce(f.articles_loaded, 0)::BIGINT + coalesce(p.counts['articles_loaded'], 0) AS articles_loaded, -- new articles
    coalesce(f.articles_duplicate, 0)::BIGINT + coalesce(p.counts['articles_duplicate'], 0) AS articles_duplicate, -- articles that were in the warehouse already
    coalesce(f.articles_rejected, 0)::BIGINT + coalesce(p.counts['articles_rejected'], 0) AS articles_rejected, -- articles left out because of a fault
    coalesce(j.rejects, 0) + coalesce(p.counts['rejects'], 0) AS rejects, -- rows in ops.rejects
    coalesce(s.statements, 0) AS statements, -- statements in the new articles
    round(s.with_speaker / s.statements, 3) AS speaker_share, -- share of these statements with a resolved speaker, from 0 to 1
    coalesce(c.checks, 0) + coalesce(p.counts['checks'], 0) AS checks, -- checks run
    coalesce(c.critical_failures, 0) AS critical_failures, -- failed checks that stop a run
    coalesce(c.warnings, 0) AS warnings, -- failed checks that only warn
    v.version_no,
    v.published_at,
    r.code_version
FROM ops.runs AS r
LEFT JOIN file_totals AS f USING (run_id)
LEFT JOIN statement_totals AS s USING (run_id)
LEFT JOIN check_totals AS c USING (run_id)
LEFT JOIN reject_totals AS j USING (run_id)
LEFT JOIN pruned AS p USING (run_id)
LEFT JOIN ops.versions AS v USING (run_id)
