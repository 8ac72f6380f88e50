-- one row per correction of actors; those that changed nothing come first
select action, actor, value, note, outcome, actor_name, actor_kind, profile_count, statements
from actor_corrections_applied
order by outcome = 'applied', correction_no
limit 50
