-- one row per reason for rejects in a run, the most frequent first
select
    stage,
    reason_code,
    count(*) as rejected,
    arg_min(path, reject_no) as first_path,
    arg_min(reason, reject_no) as first_reason
from ops.rejects
where run_id = $run_id
group by stage, reason_code
order by rejected desc, reason_code
