-- warning on articles: Without days, statements cannot be put in order, and nobody sees how a position changed.
-- expected: at most $max_share of the articles of a run have no day (runs with at least $min_articles articles)
-- $max_share = 0.5: half without a day means that the date format has changed
-- $min_articles = 20: a few undated texts are nothing unusual
SELECT
    count(*) AS articles,
    count(*) - count(published_on) AS without_day,
    format('{} of {} articles', count(*) - count(published_on), count(*)) AS observed
FROM staging.articles
HAVING count(*) >= $min_articles AND count(*) - count(published_on) > $max_share * count(*)
