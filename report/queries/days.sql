-- one row per day (per month if there are many days) and kind: the number of statements
with span as (
    select max(published_on) - min(published_on) > 120 as is_long from statements
)

select
    case when span.is_long then date_trunc('month', s.published_on)::date else s.published_on end as day,
    s.kind,
    count(*) as statements
from statements as s
semi join (from articles where copy_of is null and is_killed is not true) using (article_id)
cross join span
where s.published_on is not null and s.correction is distinct from 'deleted'
group by 1, 2
qualify dense_rank() over (order by day desc) <= 120
order by day, s.kind
