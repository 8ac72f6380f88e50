-- warning on articles: One story with very many articles is probably several stories merged by mistake, because they share a form, a table or a footer.
-- expected: no story has more than $max_articles articles, or more than $max_share of all articles (runs with at least $min_articles articles)
-- $max_articles = 1000: the most repeated wire story of a year has a few hundred copies
-- $max_share = 0.2: even on election day, most articles are about other stories
-- $min_articles = 50: a small folder may hold all versions of one story
WITH touched AS (
    SELECT story_id FROM staging.articles UNION SELECT story_id FROM staging.amended_articles
),

members AS (
    SELECT article_id, story_id FROM staging.articles
    UNION ALL SELECT article_id, story_id FROM staging.amended_articles
    UNION ALL
    SELECT article_id, story_id
    FROM main.articles SEMI JOIN touched USING (story_id) ANTI JOIN staging.amended_articles USING (article_id)
),

total AS (
    SELECT (SELECT count(*) FROM staging.articles) + (SELECT count(*) FROM main.articles) AS all_articles
),

stories AS (
    SELECT story_id, count(*) AS articles, any_value(article_id) AS article_id FROM members GROUP BY story_id
),

heaps AS (
    SELECT story_id, articles, all_articles, article_id
    FROM stories, total
    WHERE articles > $max_articles OR articles >= $min_articles AND articles > $max_share * all_articles
)

SELECT
    story_id,
    articles,
    headline,
    format('{} of {} articles are one story: {}', articles, all_articles, coalesce(headline, story_id)) AS observed
FROM heaps
LEFT JOIN (
    SELECT article_id, headline FROM staging.articles
    UNION ALL SELECT article_id, headline FROM main.articles SEMI JOIN heaps USING (article_id)
) USING (article_id)
ORDER BY articles DESC
