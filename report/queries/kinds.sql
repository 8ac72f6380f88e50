-- one row a way of naming the speaker, over the whole warehouse
select
    speaker_resolution,
    count(*) as statements,
    count(*) filter (kind = 'direct') as direct,
    count(*) filter (kind = 'indirect') as indirect,
    count(*) filter (kind = 'mixed') as mixed
from statements
group by speaker_resolution
order by statements desc, speaker_resolution
