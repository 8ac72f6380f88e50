-- warning on statements: A statement as long as an article has usually swallowed the text of the reporter.
-- expected: the content of a statement has at most $max_characters characters
-- $max_characters = 4000: some 650 words; the longest quotation in ordinary news has 300
SELECT statement_id, article_id, length(content) AS characters, left(content, 80) AS beginning
FROM staging.statements
WHERE length(content) > $max_characters
