-- info on articles: Quotation marks that do not pair up cost statements; the share tells when a source begins to lose them.
-- expected: the usual share of articles that close more quotations than they open
-- $min_rows = 20: with fewer articles, slips decide
SELECT
    '' AS scope,
    count(*) FILTER (length(replace(body, '“', '')) > length(replace(body, '”', ''))) / count(*) AS value,
    count(*) AS row_count
FROM staging.articles
HAVING count(*) >= $min_rows
