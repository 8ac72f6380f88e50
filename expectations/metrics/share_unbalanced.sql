-- info on articles: Unpaired quotation marks hide statements. If more articles than usual have them, quotation marks are being lost.
-- expected: the usual share of articles that close more quotations than they open
-- $min_rows = 20: with fewer articles, a few slips change the result
SELECT
    '' AS scope,
    count(*) FILTER (length(replace(body, '“', '')) > length(replace(body, '”', ''))) / count(*) AS value,
    count(*) AS row_count
FROM staging.articles
HAVING count(*) >= $min_rows
