-- one row per actor with many names, most names first
select a.actor_id, a.name, a.kind, count(*) as names, sum(n.mention_count)::bigint as mentions,
    list(n.alias order by n.mention_count desc, n.alias)[:12] as aliases
from actors as a
join actor_aliases as n using (actor_id)
where a.kind in ('person', 'organization', 'country')
group by a.actor_id, a.name, a.kind
having count(*) > 2
order by names desc, mentions desc, a.actor_id
limit 12
