-- warning on files: Files that bring next to nothing new are the same delivery again, under other names.
-- expected: at most $max_share of the articles found were there already, from $min_articles on
-- $max_share = 0.8: overlapping deliveries repeat a day or two; four in five repeat everything
-- $min_articles = 50: a small folder given twice is not a fault of a source
SELECT
    sum(articles_found) AS articles,
    sum(articles_duplicate) AS duplicates,
    format('{} of {} articles', sum(articles_duplicate), sum(articles_found)) AS observed
FROM staging.files
HAVING sum(articles_found) >= $min_articles AND sum(articles_duplicate) > $max_share * sum(articles_found)
