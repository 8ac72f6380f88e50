-- one row: what the articles of a run say
with new_statements as (
    select article_id, actor_id from statements where run_id = $run_id
)

select
    count(*) as statements,
    count(actor_id) as with_actor,
    count(distinct actor_id) as speakers,
    count(distinct article_id) as articles_with_statements
from new_statements
