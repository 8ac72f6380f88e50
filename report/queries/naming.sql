-- one row per outlet: the types of its sources; the largest outlets only
select
    coalesce(a.outlet, a.agency, '-') as outlet,
    count(*) as statements,
    count(*) filter (s.source_type in ('person', 'organization')) as named,
    count(*) filter (s.source_type in ('document', 'collective')) as other,
    count(*) filter (s.source_type = 'anonymous person') as unnamed,
    count(*) filter (s.source_type = 'none') as none
from statements as s
join articles as a using (article_id)
where a.copy_of is null and a.is_killed is not true and s.correction is distinct from 'deleted'
group by all
order by statements desc, outlet
limit 12
