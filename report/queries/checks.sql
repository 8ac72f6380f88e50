-- one row per check of a run, with its failing rows in earlier runs; failed and severe checks first
with past as (
    select table_name, check_name, list(failing_count order by run_id) as history
    from (
        select *, dense_rank() over (order by run_id desc) as age from ops.checks where run_id <= $run_id
    )
    where age <= 20
    group by table_name, check_name
)

select
    c.severity, c.table_name, c.check_name, c.success, c.observed, c.expected, c.reason, c.failing_count,
    c.examples, c.sql, past.history
from ops.checks as c
join past using (table_name, check_name)
where c.run_id = $run_id
order by c.success, case c.severity when 'critical' then 1 when 'warning' then 2 else 3 end, c.table_name, c.check_name
limit 1000
