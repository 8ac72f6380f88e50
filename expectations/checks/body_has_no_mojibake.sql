-- warning on articles: Text that was decoded in the wrong encoding breaks quotation marks and names, and therefore statements.
-- expected: no article has three or more signs of a wrong encoding ('â€œ', 'Ã©', the replacement character)
-- $max_signs = 2: one or two may be quoted on purpose, or come from a broken byte in the source
WITH signs AS (
    SELECT
        article_id,
        path,
        record_no,
        regexp_extract_all(body, 'â€.|Ã[\x{80}-\x{BF}]|Â[\x{A0}-\x{BF}]|ï»¿|\x{FFFD}') AS found
    FROM staging.articles
)

SELECT article_id, path, record_no, len(found) AS signs, array_to_string(list_distinct(found)[:5], ' ') AS examples
FROM signs
WHERE len(found) > $max_signs
