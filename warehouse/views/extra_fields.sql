-- One row is one field of the files that has no column of its own, kept in articles.extra, with how often it came.
WITH fields AS (
    SELECT path, extra, unnest(json_keys(extra)) AS field FROM main.articles WHERE json_valid(extra)
)

SELECT
    field, -- what the files call it
    count(*) AS articles, -- articles that have it
    min(path) AS first_path, -- a file that has it
    min(json_extract_string(extra, '/' || replace(replace(field, '~', '~0'), '/', '~1'))) AS example -- one value
FROM fields
GROUP BY field
ORDER BY articles DESC, field;
