-- one row per actor that statements speak about or to, most statements first; without killed stories and copies
with central as materialized (
    select actors.actor_id, actors.name, actors.kind, actors.country_code, counts.statements
    from kept_counts as counts
    join actors on actors.actor_id = counts.one
    where counts.figure = 'subject' and actors.kind not in ('unnamed', 'nobody')
    order by counts.statements desc, actors.name, actors.actor_id
    limit 15
),

spoken_of as (
    select r.actor_id, count(distinct s.actor_id) as speakers
    from statement_actors as r
    join statements as s using (statement_id)
    semi join central on central.actor_id = r.actor_id
    semi join (from articles where copy_of is null and is_killed is not true) as a on a.article_id = s.article_id
    where r.relation in ('mentioned', 'addressee') and s.correction is distinct from 'deleted'
    group by r.actor_id
)

select central.name, central.kind, central.country_code, central.statements, spoken_of.speakers
from central
join spoken_of using (actor_id)
order by central.statements desc, central.name, central.actor_id
