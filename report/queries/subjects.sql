-- one row per actor that statements speak about or to, most statements first; without killed stories and copies
with central as materialized (
    select actors.actor_id, actors.name, actors.kind, actors.country_code, counts.statements
    from kept_counts as counts
    join actors on actors.actor_id = counts.one
    where counts.figure = 'subject' and actors.kind not in ('unnamed', 'nobody')
    order by counts.statements desc, actors.name, actors.actor_id
    limit 15
),

spoken_of as (  -- counted for the same 15 actors, see LEADERS in warehouse/query/figures.py
    select one as actor_id, count(other) as speakers from kept_counts where figure = 'subject_speaker' group by one
)

select central.name, central.kind, central.country_code, central.statements, spoken_of.speakers
from central
join spoken_of using (actor_id)
order by central.statements desc, central.name, central.actor_id
