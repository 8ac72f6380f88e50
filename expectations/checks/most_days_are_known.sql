-- warning on articles: Without days there is no order in what was said, no drift and no freshness.
-- expected: at most $max_share of the articles of a run have no day, from $min_articles on
-- $max_share = 0.5: half without a day means that the form of the date has changed
-- $min_articles = 20: a few undated texts are nothing unusual
SELECT
    count(*) AS articles,
    count(*) - count(published_on) AS without_day,
    format('{} of {} articles', count(*) - count(published_on), count(*)) AS observed
FROM staging.articles
HAVING count(*) >= $min_articles AND count(*) - count(published_on) > $max_share * count(*)
