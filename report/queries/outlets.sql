-- one row per outlet: its articles, statements and last article, without killed stories and copies; the largest only
with printed as (
    select coalesce(outlet, agency) as outlet, count(*) as articles, max(published_on) as last_day
    from articles
    where coalesce(outlet, agency) is not null and copy_of is null and is_killed is not true
    group by all
),

said as (
    select one as outlet, sum(statements)::bigint as statements from kept_counts where figure = 'source' group by one
)

select printed.outlet, printed.articles, coalesce(said.statements, 0) as statements, printed.last_day
from printed
left join said using (outlet)
order by statements desc, outlet
limit 15
