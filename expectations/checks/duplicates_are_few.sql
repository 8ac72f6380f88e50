-- warning on files: Files with almost nothing new are probably the same delivery again, under other file names.
-- expected: at most $max_share of the articles found were in the warehouse already (runs with at least $min_articles articles)
-- $max_share = 0.8: overlapping deliveries repeat a day or two; four in five mean that the whole delivery is repeated
-- $min_articles = 50: a small folder loaded twice is not a fault of the source
SELECT
    sum(articles_found) AS articles,
    sum(articles_duplicate) AS duplicates,
    format('{} of {} articles', sum(articles_duplicate), sum(articles_found)) AS observed
FROM staging.files
HAVING sum(articles_found) >= $min_articles AND sum(articles_duplicate) > $max_share * sum(articles_found)
