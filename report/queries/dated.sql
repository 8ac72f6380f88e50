-- one row: how many counted statements there are, and how many of them have no day
select count(*) as statements, count(*) filter (published_on is null) as without_day
from statements
semi join (from articles where copy_of is null and is_killed is not true) using (article_id)
where correction is distinct from 'deleted'
