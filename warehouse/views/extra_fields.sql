-- One row is one field that has no column and is kept in articles.extra, with the number of articles that have it.
WITH fields AS (
    SELECT path, extra, unnest(json_keys(extra)) AS field FROM main.articles WHERE json_valid(extra)
)

SELECT
    field, -- name of the field in the files
    count(*) AS articles, -- number of articles with the field
    min(path) AS first_path, -- path of a file with the field
    min(json_extract_string(extra, '/' || replace(replace(field, '~', '~0'), '/', '~1'))) AS example -- one value of the field
FROM fields
GROUP BY field
ORDER BY articles DESC, field;
