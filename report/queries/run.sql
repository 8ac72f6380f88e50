-- one row: the last run that the warehouse holds
select run_id, started_at, ended_at, code_version, parameters
from ops.runs
order by started_at desc, run_id desc
limit 1
