-- One row is one open reject: it has no file, or comes from the last run that read its file.
WITH last_read AS (
    SELECT path, max(run_id) AS run_id FROM ops.files WHERE outcome <> 'unchanged' GROUP BY path
)

SELECT
    r.run_id,
    r.reject_no,
    r.stage,
    r.reason_code,
    r.reason,
    r.path,
    r.record_no,
    r.payload
FROM ops.rejects AS r
LEFT JOIN last_read AS t USING (path)
WHERE t.run_id IS NULL OR t.run_id = r.run_id
ORDER BY r.run_id, r.reject_no;
