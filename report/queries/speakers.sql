-- one row per named speaker, most statements first; without killed stories and copies
select actors.name, actors.kind, actors.country_code, leaders.last.role as last_role, leaders.articles, counts.statements
from kept_leaders as leaders
join kept_counts as counts on counts.figure = leaders.figure and counts.one = leaders.one
join actors on actors.actor_id = leaders.one
where leaders.figure = 'speaker'
order by counts.statements desc, actors.name, actors.actor_id
limit 15
