-- warning on statements: A statement as long as an article usually includes the reporter's own text.
-- expected: the content of a statement has at most $max_characters characters
-- $max_characters = 4000: about 650 words; the longest quotations in ordinary news have 300
SELECT statement_id, article_id, length(content) AS characters, left(content, 80) AS beginning
FROM staging.statements
WHERE length(content) > $max_characters
