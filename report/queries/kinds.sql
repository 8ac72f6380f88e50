-- one row per way of naming the speaker, over the whole warehouse without killed stories and copies
select
    speaker_resolution,
    count(*) as statements,
    count(*) filter (kind = 'direct') as direct,
    count(*) filter (kind = 'indirect') as indirect,
    count(*) filter (kind = 'mixed') as mixed
from statements
semi join (from articles where copy_of is null and is_killed is not true) using (article_id)
where correction is distinct from 'deleted'
group by speaker_resolution
order by statements desc, speaker_resolution
