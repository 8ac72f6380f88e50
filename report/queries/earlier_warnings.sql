-- one row per check that warned about rows of earlier versions and does not warn about those of a run, newest first
select
    c.table_name,
    c.check_name,
    any_value(c.reason) as reason,
    sum(c.failing_count)::bigint as failing_count,
    max(v.version_no) as version_no,
    max(v.published_at) as published_at
from ops.checks as c
join ops.versions as v using (run_id)
where c.run_id < $run_id
    and not c.success
    and c.severity = 'warning'
    and contains(c.examples, '_id"') -- not the checks that compare a run with earlier runs
    and (c.table_name, c.check_name) not in (
        select (table_name, check_name) from ops.checks where run_id = $run_id and not success
    )
group by c.table_name, c.check_name
order by version_no desc, c.table_name, c.check_name
limit 20
