-- one row: what the articles of a run say
with new_statements as (
    select article_id, actor_id, actors.kind = 'unnamed' as is_unnamed
    from statements
    left join actors using (actor_id)
    where statements.run_id = $run_id
)

select
    count(*) as statements,
    count(*) filter (not is_unnamed) as with_name,
    count(*) filter (is_unnamed) as unnamed,
    count(*) filter (actor_id is null) as without_speaker,
    count(distinct actor_id) filter (not is_unnamed) as speakers,
    count(distinct article_id) as articles_with_statements
from new_statements
