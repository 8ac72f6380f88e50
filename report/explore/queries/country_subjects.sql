-- one row a country that the officials of this one speak of, with how often
SELECT 'country:' || subject_country AS actor_id, subject_country AS country, count(DISTINCT statement_id) AS statements,
    count(DISTINCT statement_id) FILTER (cue_class = 'accusing') AS accusing, max(published_on) AS last_on
FROM main.said_about
WHERE speaker_country = $country AND subject_country <> $country
GROUP BY subject_country
ORDER BY statements DESC, country
