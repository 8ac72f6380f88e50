-- info on files: More repeated articles than usual mean that deliveries overlap or came twice.
-- expected: the usual share of articles that were in the warehouse already
-- $min_rows = 20: with fewer articles, one file changes the result
SELECT '' AS scope, sum(articles_duplicate) / sum(articles_found) AS value, sum(articles_found)::BIGINT AS row_count
FROM staging.files
HAVING sum(articles_found) >= $min_rows
