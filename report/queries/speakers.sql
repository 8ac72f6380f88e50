-- one row per named speaker, most statements first; without killed stories and copies
with spoken as (
    select
        actor_id,
        count(*) as statements,
        count(distinct article_id) as articles,
        arg_max(role, published_on) filter (role is not null) as last_role
    from statements
    semi join (from articles where copy_of is null and is_killed is not true) using (article_id)
    where correction is distinct from 'deleted' and actor_id is not null and speaker_resolution not in ('role', 'unnamed')
    group by actor_id
)

select actors.name, actors.kind, actors.country_code, spoken.last_role, spoken.articles, spoken.statements
from spoken
join actors using (actor_id)
where actors.kind not in ('unnamed', 'nobody')
order by spoken.statements desc, actors.name
limit 15
