-- one row per figure of a run, with its values in earlier runs; figures per outlet only for the largest outlets
with past as (
    select metric, scope, list(value order by run_id) as history, median(value) as usual
    from (
        select *, dense_rank() over (order by run_id desc) as age from ops.metrics where run_id <= $run_id
    )
    where age <= 20
    group by metric, scope
),

ranked as (
    select *, row_number() over (partition by metric order by row_count desc, scope) as place
    from ops.metrics
    where run_id = $run_id and metric not in ('rows_staged', 'rows_kept', 'seconds_of_step')
)

select r.metric, r.scope, r.value, r.row_count, past.usual, past.history
from ranked as r
join past using (metric, scope)
where r.place <= 8
order by r.metric, r.place
