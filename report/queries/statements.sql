-- one row: the statements in the articles of a run; unnamed are persons whom the article never names
with new_statements as (
    select
        article_id,
        actor_id,
        source_type,
        actors.kind <> 'unnamed' as is_named
    from statements
    left join actors using (actor_id)
    where statements.run_id = $run_id
)

select
    count(*) as statements,
    count(*) filter (source_type not in ('anonymous person', 'none')) as with_name,
    count(*) filter (source_type = 'anonymous person') as unnamed,
    count(*) filter (source_type = 'none') as without_speaker,
    count(distinct actor_id) filter (is_named) as speakers,
    count(distinct article_id) as articles_with_statements
from new_statements
