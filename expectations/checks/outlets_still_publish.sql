-- warning on articles: If one outlet stops while others continue, its feed has probably failed without an error.
-- expected: while others publish, no outlet is silent for more than $min_days days and for more than $times times its usual gap
-- $times = 4.0: the usual gap is the 90th percentile, which includes weekends and holidays
-- $min_days = 3: a long weekend
-- $max_days = 45: after that, the outlet counts as discontinued
-- $min_gaps = 8: with fewer days of publishing, the usual gap is unknown
WITH days AS (
    SELECT DISTINCT outlet, published_on
    FROM (
        SELECT outlet, published_on FROM staging.articles
        UNION ALL SELECT outlet, published_on FROM main.articles
    )
    WHERE outlet IS NOT NULL AND published_on IS NOT NULL
),

today AS (
    SELECT max(published_on) AS day FROM days
),

gaps AS (
    SELECT outlet, published_on, published_on - lag(published_on) OVER (PARTITION BY outlet ORDER BY published_on) AS gap
    FROM days
    WHERE published_on > (SELECT day FROM today) - 400
),

usual AS (
    SELECT outlet, max(published_on) AS last_day, quantile_cont(gap, 0.9) AS usual_gap, count(gap) AS gaps
    FROM gaps
    GROUP BY outlet
)

SELECT
    outlet,
    last_day,
    usual_gap,
    today.day - last_day AS silent_days,
    format('{}: nothing for {} days', outlet, today.day - last_day) AS observed
FROM usual
CROSS JOIN today
WHERE gaps >= $min_gaps
    AND today.day - last_day > greatest($min_days, $times * usual_gap)
    AND today.day - last_day <= $max_days
ORDER BY silent_days DESC
