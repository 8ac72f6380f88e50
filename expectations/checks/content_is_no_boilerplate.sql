-- warning on statements: The same words in many articles are part of the page layout ("sign up below"), not news.
-- expected: the same content is in at most $max_articles stories of one run (contents with at least $min_characters characters)
-- $max_articles = 20: a famous sentence is in ten stories a day, a footer in all of them
-- $min_characters = 40: shorter contents ("no comment") repeat by nature
SELECT content, count(DISTINCT a.story_id) AS stories, min(statement_id) AS statement_id
FROM staging.statements
JOIN staging.articles AS a USING (article_id)
WHERE length(content) >= $min_characters
GROUP BY content
HAVING count(DISTINCT a.story_id) > $max_articles
ORDER BY stories DESC
