-- one row per wording of a source that could not be resolved, the most frequent first
select source, speaker_resolution, statements, articles, example_statement_id,
    (select article_id from statements where statement_id = example_statement_id) as article_id
from unresolved_speakers
where source is not null
order by statements desc, source
limit 15
