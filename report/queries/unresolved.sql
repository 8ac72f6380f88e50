-- one row per wording of a source that could not be resolved, the most frequent first
with wordings as materialized (  -- limited before the articles of each are counted, which is slow
    select source, speaker_resolution, count(*) as statements
    from statements
    anti join (from articles where copy_of is not null or is_killed) using (article_id)
    where actor_id is null and correction is distinct from 'deleted' and source is not null
    group by all
    order by statements desc, source, speaker_resolution
    limit 15
),

articles_of as (  -- the long columns of other statements are not read
    select
        source,
        speaker_resolution,
        count(distinct article_id) as articles,
        min(statement_id) as example_statement_id,
        arg_min(article_id, statement_id) as article_id
    from statements
    semi join wordings using (source, speaker_resolution)
    anti join (from articles where copy_of is not null or is_killed) using (article_id)
    where actor_id is null and correction is distinct from 'deleted'
    group by all
)

select source, speaker_resolution, statements, articles, example_statement_id, article_id
from wordings
join articles_of using (source, speaker_resolution)
order by statements desc, source, speaker_resolution
