-- one row per outlet: its articles, statements and last article, without killed stories and copies; the largest only
select
    coalesce(a.outlet, a.agency) as outlet,
    count(*) as articles,
    coalesce(sum(s.statements), 0)::bigint as statements,
    max(a.published_on) as last_day
from articles as a
left join (
    select article_id, count(*) as statements
    from statements
    where correction is distinct from 'deleted'
    group by article_id
) as s using (article_id)
where coalesce(a.outlet, a.agency) is not null and a.copy_of is null and a.is_killed is not true
group by all
order by statements desc, outlet
limit 15
