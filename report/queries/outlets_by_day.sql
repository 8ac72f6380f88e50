-- one row per outlet and day, for the six outlets with most statements and the last two years with articles
with said as (
    select left(one, 80) as outlet, day, statements from kept_counts where figure = 'outlet_day'
),

largest as (
    select outlet
    from said
    where outlet is not null
    group by outlet
    order by sum(statements) desc, outlet
    limit 6
)

select outlet, day, sum(statements)::bigint as statements
from said
semi join largest using (outlet)
where day > (select max(day) from said) - 730
group by outlet, day
order by outlet, day
