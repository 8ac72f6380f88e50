-- one row per day (null: articles without a day): statements in the outlet
SELECT published_on AS day, count(*) AS statements
FROM said
WHERE outlet = $outlet
GROUP BY published_on
ORDER BY day
