-- stop on articles: When many articles are at fault, the cause is probably the delivery of files, or On Record itself.
-- expected: at most $max_share of a run's articles, or fewer than $min_articles, are at fault
-- trips: A delivery whose format changed, or a release of On Record that misreads a common format.
-- $max_share = 0.3: a few odd files among many are quarantined; a third of a delivery is not an accident
-- $min_articles = 10: in a small run, one odd file is already a large share
WITH counted AS (
    SELECT
        count(DISTINCT f.article_id) AS at_fault,
        (SELECT count(*) FROM (
            SELECT article_id FROM staging.articles UNION SELECT article_id FROM staging.at_fault
        ) WHERE article_id IS NOT NULL) AS articles
    FROM staging.at_fault AS f
)

SELECT at_fault, articles, format('{} of {} articles at fault', at_fault, articles) AS observed
FROM counted
WHERE at_fault >= $min_articles AND at_fault > $max_share * articles
