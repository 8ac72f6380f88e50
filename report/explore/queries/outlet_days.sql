-- one row a day (null: articles without one): statements that the outlet brings
SELECT published_on AS day, count(*) AS statements
FROM said
WHERE outlet = $outlet
GROUP BY published_on
ORDER BY day
