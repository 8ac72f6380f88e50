-- one row per failed check of a run, most severe first
SELECT severity, table_name, check_name, failing_count, observed, expected, reason, examples, sql
FROM ops.checks
WHERE run_id = $run AND NOT success
ORDER BY CASE severity WHEN 'critical' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, table_name, check_name
