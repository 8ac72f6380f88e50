-- one row per wording of a source that could not be resolved, the most frequent first
with wordings as materialized (  -- limited before the articles of each are counted, which is slow
    select source, speaker_resolution, count(*) as statements
    from statements
    semi join (from articles where copy_of is null and is_killed is not true) using (article_id)
    where actor_id is null and correction is distinct from 'deleted' and source is not null
    group by all
    order by statements desc, source, speaker_resolution
    limit 15
),

known as (
    select u.*
    from unresolved_speakers as u
    semi join wordings using (source, speaker_resolution)
)

select source, speaker_resolution, statements, articles, example_statement_id,
    (select article_id from statements where statement_id = example_statement_id) as article_id
from known
order by statements desc, source, speaker_resolution
