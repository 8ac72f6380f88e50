-- warning on articles: When an outlet's articles are much shorter than usual, they were probably cut off, perhaps by a paywall.
-- expected: the usual median length of articles, for each outlet
-- $min_rows = 20: with fewer articles, the result depends on their subjects
SELECT coalesce(outlet, '') AS scope, median(word_count) AS value, count(*) AS row_count
FROM staging.articles
GROUP BY ALL
HAVING count(*) >= $min_rows
