-- warning on articles: If a column is suddenly empty, the publisher has probably renamed a field.
-- expected: the usual share of empty values, for each column that may be empty
-- $min_rows = 20: with fewer articles, one odd article changes the result
WITH empty AS (
    SELECT
        count(*) AS row_count,
        count(*) FILTER (outlet IS NULL) / count(*) AS outlet,
        count(*) FILTER (agency IS NULL) / count(*) AS agency,
        count(*) FILTER (byline IS NULL) / count(*) AS byline,
        count(*) FILTER (headline IS NULL) / count(*) AS headline,
        count(*) FILTER (dateline_place IS NULL) / count(*) AS dateline_place,
        count(*) FILTER (published_on IS NULL) / count(*) AS published_on,
        count(*) FILTER (url IS NULL) / count(*) AS url
    FROM staging.articles
    HAVING count(*) >= $min_rows
)

UNPIVOT empty ON COLUMNS(* EXCLUDE (row_count)) INTO NAME scope VALUE value
