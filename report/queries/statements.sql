-- one row: what the articles of a run say; a role alone ("the minister") and a group without a name are unnamed
with new_statements as (
    select
        article_id,
        actor_id,
        actor_id is not null
        and actors.kind <> 'unnamed'
        and speaker_resolution not in ('role', 'unnamed') as is_named
    from statements
    left join actors using (actor_id)
    where statements.run_id = $run_id
)

select
    count(*) as statements,
    count(*) filter (is_named) as with_name,
    count(*) filter (actor_id is not null and not is_named) as unnamed,
    count(*) filter (actor_id is null) as without_speaker,
    count(distinct actor_id) filter (is_named) as speakers,
    count(distinct article_id) as articles_with_statements
from new_statements
