-- one row per check of a run
SELECT severity, table_name, check_name, success, failing_count, observed, expected, reason
FROM ops.checks
WHERE run_id = $run
ORDER BY success, CASE severity WHEN 'critical' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, table_name, check_name
