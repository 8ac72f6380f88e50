-- one row per day (per month if there are many days) and kind: the number of statements
with span as (
    select max(published_on) - min(published_on) > 120 as is_long from statements
)

select
    case when span.is_long then date_trunc('month', counts.day)::date else counts.day end as day,
    counts.one as kind,
    sum(counts.statements)::bigint as statements
from kept_counts as counts
cross join span
where counts.figure = 'day' and counts.day is not null
group by 1, 2
qualify dense_rank() over (order by 1 desc) <= 120
order by 1, 2
