-- one row per way of naming the speaker, over the whole warehouse without killed stories and copies
select
    one as speaker_resolution,
    sum(statements)::bigint as statements,
    coalesce(sum(statements) filter (other = 'direct'), 0)::bigint as direct,
    coalesce(sum(statements) filter (other = 'indirect'), 0)::bigint as indirect,
    coalesce(sum(statements) filter (other = 'mixed'), 0)::bigint as mixed
from kept_counts
where figure = 'naming'
group by one
order by statements desc, speaker_resolution
