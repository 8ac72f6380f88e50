-- one row: the newest run in the warehouse, and the version that it published
select
    runs.run_id, runs.started_at, runs.ended_at, runs.code_version, runs.parameters,
    versions.version_no, versions.published_at, json_extract_string(runs.parameters, '$.restored_from') as restored_from,
    (select max(version_no) from ops.versions as v where v.version_no < versions.version_no) as previous_no
from ops.runs
left join ops.versions using (run_id)
order by runs.started_at desc, runs.run_id desc
limit 1
