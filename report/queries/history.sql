-- one row per run and what it added, newest first
select
    r.run_id, r.started_at, v.version_no,
    (select count(*) from ops.files as f where f.run_id = r.run_id) as files,
    (select count(*) from ops.rejects as j where j.run_id = r.run_id) as rejects,
    (select count(*) from ops.checks as c where c.run_id = r.run_id and not c.success and c.severity = 'warning') as warnings,
    (select value::bigint from ops.metrics as m where m.run_id = r.run_id and m.metric = 'articles') as articles
from ops.runs as r
left join ops.versions as v using (run_id)
order by r.started_at desc
limit 14
