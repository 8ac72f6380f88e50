-- one row per named speaker, most statements first; without killed stories and copies
with loudest as materialized (
    select actors.actor_id, actors.name, actors.kind, actors.country_code, counts.statements
    from kept_counts as counts
    join actors on actors.actor_id = counts.one
    where counts.figure = 'speaker' and actors.kind not in ('unnamed', 'nobody')
    order by counts.statements desc, actors.name, actors.actor_id
    limit 15
),

spoken as (
    select
        actor_id,
        count(distinct article_id) as articles,
        arg_max(role, (published_on, role)) filter (role is not null) as last_role
    from statements
    semi join loudest using (actor_id)
    anti join (from articles where copy_of is not null or is_killed) using (article_id)
    where correction is distinct from 'deleted' and speaker_resolution not in ('role', 'unnamed')
    group by actor_id
)

select loudest.name, loudest.kind, loudest.country_code, spoken.last_role, spoken.articles, loudest.statements
from loudest
join spoken using (actor_id)
order by loudest.statements desc, loudest.name, loudest.actor_id
