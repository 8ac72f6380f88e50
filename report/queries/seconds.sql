-- one row per step of a run: how long it took, and how long it usually takes
with past as (
    select scope, median(value) as usual
    from (
        select *, dense_rank() over (order by run_id desc) as age
        from ops.metrics
        where metric = 'seconds_of_step' and run_id <= $run_id
    )
    where age <= 20
    group by scope
)

select m.scope as step, m.value as seconds, past.usual
from ops.metrics as m
join past using (scope)
where m.metric = 'seconds_of_step' and m.run_id = $run_id
order by m.value desc, step
limit 20
