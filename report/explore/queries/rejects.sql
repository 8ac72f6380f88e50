-- one row per reason for rejected articles or rows in a run, with one example
SELECT stage, reason_code, count(*) AS rejected, arg_min(path, reject_no) AS first_path,
    arg_min(reason, reject_no) AS first_reason
FROM ops.rejects
WHERE run_id = $run
GROUP BY stage, reason_code
ORDER BY rejected DESC, stage, reason_code
