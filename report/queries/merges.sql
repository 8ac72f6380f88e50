-- one row per actor with many names, most names first
with named as materialized (
    select a.actor_id, a.name, a.kind, count(*) as names, sum(n.mention_count)::bigint as mentions
    from actors as a
    join actor_aliases as n using (actor_id)
    where a.kind in ('person', 'organization', 'country')
    group by a.actor_id, a.name, a.kind
    having count(*) > 2
    order by names desc, mentions desc, a.actor_id
    limit 12
),

listed as (
    select actor_id, list(alias order by mention_count desc, alias)[:12] as aliases
    from actor_aliases
    semi join named using (actor_id)
    group by actor_id
)

select named.*, listed.aliases
from named
join listed using (actor_id)
order by names desc, mentions desc, actor_id
