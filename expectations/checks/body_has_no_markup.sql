-- warning on articles: Tags and entities in a body are read as words, and become part of names and statements.
-- expected: no article has more than $max_tags HTML tags or entities
-- $max_tags = 3: an article about the web may show one
WITH tags AS (
    SELECT
        article_id,
        path,
        record_no,
        regexp_extract_all(body, '(?i)</?(?:p|br|div|span|a|b|i|em|strong|ul|li|script|style|img|h[1-6])(?:\s[^<>]*)?/?>|&(?:amp|nbsp|quot|lt|gt|[lr]squo|[lr]dquo|#\d+);') AS found
    FROM staging.articles
)

SELECT article_id, path, record_no, len(found) AS tags, array_to_string(list_distinct(found)[:5], ' ') AS examples
FROM tags
WHERE len(found) > $max_tags
