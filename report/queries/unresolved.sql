-- one row per wording of a source that could not be resolved, the most frequent first, with its newest statement
select
    leaders.one as source,
    leaders.other as speaker_resolution,
    counts.statements,
    leaders.articles,
    leaders.last.statement_id as example_statement_id,
    leaders.last.article_id
from kept_leaders as leaders
join kept_counts as counts
    on counts.figure = leaders.figure and counts.one = leaders.one and counts.other is not distinct from leaders.other
where leaders.figure = 'unresolved'
order by counts.statements desc, source, speaker_resolution
limit 15
