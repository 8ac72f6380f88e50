-- warning on articles: News quotes somebody; articles of an outlet that quote nobody were cut off, or are not read rightly.
-- expected: at most $max_share of the longer articles of an outlet have no statement, from $min_articles on
-- $max_share = 0.6: market reports and results make up to a third of a wire
-- $min_articles = 20: with fewer, a column of tables decides
-- $min_words = 150: shorter ones are often mere notices
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
