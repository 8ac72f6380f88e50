-- one row a failed check of a run, the gravest first
select severity, table_name, check_name, observed, failing_count
from ops.checks
where run_id = $run_id and not success
order by case severity when 'critical' then 1 when 'warning' then 2 else 3 end, table_name, check_name
limit 50
