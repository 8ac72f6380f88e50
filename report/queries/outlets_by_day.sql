-- one row per outlet and day, for the six outlets with most statements and the last two years with articles
with said as (
    select left(coalesce(a.outlet, a.agency), 80) as outlet, s.published_on as day
    from statements as s
    join articles as a using (article_id)
    where a.copy_of is null and a.is_killed is not true and s.correction is distinct from 'deleted'
),

largest as (
    select outlet from said where outlet is not null group by outlet order by count(*) desc, outlet limit 6
)

select outlet, day, count(*) as statements
from said
semi join largest using (outlet)
where day > (select max(day) from said) - 730
group by all
order by outlet, day
