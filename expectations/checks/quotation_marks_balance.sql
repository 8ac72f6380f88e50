-- warning on articles: When quotation marks are lost, direct quotations cannot be distinguished from other text.
-- expected: at most $max_share of the articles of an outlet close more quotations than they open (outlets with at least $min_articles articles)
-- $max_share = 0.2: one article in fifty has a slip; a fifth means that a converter drops opening marks
-- $min_articles = 20: with fewer articles, a few slips change the result
WITH marks AS (
    SELECT
        coalesce(outlet, '') AS outlet,
        length(body) - length(replace(body, '“', '')) < length(body) - length(replace(body, '”', ''))
            AS is_unbalanced  -- not the reverse: each paragraph of a long quotation opens one
    FROM staging.articles
)

SELECT
    outlet,
    count(*) AS articles,
    count(*) FILTER (is_unbalanced) AS unbalanced,
    format('{} of {} articles of {}', count(*) FILTER (is_unbalanced), count(*), outlet) AS observed
FROM marks
GROUP BY outlet
HAVING count(*) >= $min_articles AND count(*) FILTER (is_unbalanced) > $max_share * count(*)
