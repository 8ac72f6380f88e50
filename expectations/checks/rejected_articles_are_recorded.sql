-- critical, rejects on files: A rejected article without a record is lost and cannot be loaded later.
-- expected: each rejected article, and each file rejected as a whole, has its rows in ops.rejects
-- trips: A file whose records a reader miscounts.
WITH recorded AS (
    SELECT run_id, path, count(DISTINCT record_no) AS articles, bool_or(record_no IS NULL) AS is_whole
    FROM staging.rejects
    GROUP BY run_id, path
)

SELECT f.run_id, f.path, f.outcome, f.articles_rejected, coalesce(r.articles, 0) AS recorded
FROM staging.files AS f
LEFT JOIN recorded AS r ON r.run_id = f.run_id AND r.path = f.path
WHERE f.articles_rejected > coalesce(r.articles, 0) AND NOT coalesce(r.is_whole, false)
    OR f.outcome = 'rejected' AND r.path IS NULL
