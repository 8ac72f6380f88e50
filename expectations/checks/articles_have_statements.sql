-- warning on articles: News quotes people, so articles without statements were probably cut off or misread.
-- expected: at most $max_share of an outlet's longer articles have no statement (outlets with at least $min_articles such articles)
-- $max_share = 0.6: up to a third of a newswire's articles are market reports and sports results
-- $min_articles = 20: with fewer articles, a page of tables may already exceed the share
-- $min_words = 150: shorter articles are often notices
WITH longer AS (
    SELECT
        coalesce(a.outlet, '') AS outlet,
        EXISTS (SELECT 1 FROM staging.statements AS s WHERE s.article_id = a.article_id) AS has_statements
    FROM staging.articles AS a
    WHERE a.word_count >= $min_words AND a.language = 'en'
)

SELECT
    outlet,
    count(*) AS articles,
    count(*) FILTER (NOT has_statements) AS without_statements,
    format('{} of {} articles of {}', count(*) FILTER (NOT has_statements), count(*), outlet) AS observed
FROM longer
GROUP BY outlet
HAVING count(*) >= $min_articles AND count(*) FILTER (NOT has_statements) > $max_share * count(*)
