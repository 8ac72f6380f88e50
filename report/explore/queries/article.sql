-- one row: the article as loaded
SELECT * EXCLUDE (header_spans, extra), coalesce(outlet, agency) AS printed_in
FROM main.articles
WHERE article_id = $id
