-- warning on files: When most files are rejected, the source has changed its form.
-- expected: at most $max_share of the files of a run are rejected, from $min_files on
-- $max_share = 0.5: a folder of articles has some pictures and empty files in it
-- $min_files = 10: a few wrong files are a slip
SELECT
    count(*) AS files,
    count(*) FILTER (outcome = 'rejected') AS rejected,
    format('{} of {} files', count(*) FILTER (outcome = 'rejected'), count(*)) AS observed
FROM staging.files
HAVING count(*) >= $min_files AND count(*) FILTER (outcome = 'rejected') > $max_share * count(*)
