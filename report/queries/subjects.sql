-- one row per actor that statements speak about or to, most statements first; without killed stories and copies
select a.name, a.kind, a.country_code, count(distinct r.statement_id) as statements, count(distinct s.actor_id) as speakers
from statement_actors as r
join statements as s using (statement_id)
join actors as a on a.actor_id = r.actor_id
semi join (from articles where copy_of is null and is_killed is not true) using (article_id)
where r.relation in ('mentioned', 'addressee') and s.correction is distinct from 'deleted' and a.kind not in ('unnamed', 'nobody')
group by a.actor_id, a.name, a.kind, a.country_code
order by statements desc, a.name
limit 15
