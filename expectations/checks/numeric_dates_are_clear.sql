-- warning on articles: 03/04/2019 may be in March or April. If no other date of the file shows which, set ONRECORD_DATES.
-- expected: at most $max_share of the articles of a run have an ambiguous date (runs with at least $min_articles such articles)
-- $max_share = 0.1: a few may be texts that contain a date
-- $min_articles = 5: with fewer dates, one date changes the result
SELECT
    count(*) AS articles,
    count_if(published_reason LIKE 'may be two days: %') AS without_day,
    format('{} of {} articles: set ONRECORD_DATES=day_first or month_first', without_day, count(*)) AS observed
FROM staging.articles
HAVING without_day >= $min_articles AND without_day > $max_share * count(*)
