-- one row: the outcomes of the files of a run and of the articles in them
select
    count(*) as found,
    count(*) filter (outcome = 'loaded') as loaded,
    count(*) filter (outcome = 'unchanged') as unchanged,
    count(*) filter (outcome = 'duplicate') as duplicate,
    count(*) filter (outcome = 'rejected') as rejected,
    coalesce(sum(articles_found), 0)::bigint as articles_found,
    coalesce(sum(articles_loaded), 0)::bigint as articles_loaded,
    coalesce(sum(articles_duplicate), 0)::bigint as articles_duplicate,
    coalesce(sum(articles_rejected), 0)::bigint as articles_rejected
from ops.files
where run_id = $run_id
