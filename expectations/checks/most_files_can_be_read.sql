-- warning on files: When most files are rejected, the publisher has probably changed the format.
-- expected: at most $max_share of the files of a run are rejected (runs with at least $min_files files)
-- $max_share = 0.5: a folder of articles may contain pictures and empty files
-- $min_files = 10: with fewer files, a few wrong files change the result
SELECT
    count(*) AS files,
    count(*) FILTER (outcome = 'rejected') AS rejected,
    format('{} of {} files', count(*) FILTER (outcome = 'rejected'), count(*)) AS observed
FROM staging.files
HAVING count(*) >= $min_files AND count(*) FILTER (outcome = 'rejected') > $max_share * count(*)
