-- warning on articles: Is 03/04/2019 in March or in April? Where no other row of a table shows it, ONRECORD_DATES does.
-- expected: at most $max_share of the articles of a run have a date that may be two days, from $min_articles on
-- $max_share = 0.1: a few of them are texts with a date of their own
-- $min_articles = 5: fewer dates are no column
SELECT
    count(*) AS articles,
    count_if(published_reason LIKE 'may be two days: %') AS without_day,
    format('{} of {} articles: set ONRECORD_DATES=day_first or month_first', without_day, count(*)) AS observed
FROM staging.articles
HAVING without_day >= $min_articles AND without_day > $max_share * count(*)
