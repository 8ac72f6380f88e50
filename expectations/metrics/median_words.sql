-- warning on articles: Articles of an outlet that are much shorter than usual were cut off, perhaps by a paywall.
-- expected: articles as long as usual, for each outlet
-- $min_rows = 20: with fewer articles, their subjects decide
SELECT coalesce(outlet, '') AS scope, median(word_count) AS value, count(*) AS row_count
FROM staging.articles
GROUP BY ALL
HAVING count(*) >= $min_rows
