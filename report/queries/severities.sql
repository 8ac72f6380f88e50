-- one row per severity: how many checks of a run passed and failed
select
    severity,
    count(*) as checks,
    count(*) filter (success) as passed,
    count(*) filter (not success) as failed
from ops.checks
where run_id = $run_id
group by severity
order by case severity when 'critical' then 1 when 'warning' then 2 else 3 end
