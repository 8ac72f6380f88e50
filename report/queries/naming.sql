-- one row an outlet: how its sources are named; the largest ones
select
    coalesce(a.outlet, a.agency, '-') as outlet,
    count(*) as statements,
    count(*) filter (s.speaker_resolution in ('named', 'pronoun', 'nominal')) as named,
    count(*) filter (s.speaker_resolution = 'role') as role_only,
    count(*) filter (s.speaker_resolution = 'unnamed') as unnamed,
    count(*) filter (s.speaker_resolution = 'none') as none
from statements as s
join articles as a using (article_id)
where a.copy_of is null and a.is_killed is not true and s.correction is distinct from 'deleted'
group by all
order by statements desc, outlet
limit 12
