-- one row per country whose people and organizations the officials of this country speak about
SELECT
    t.country_code AS country,
    count(DISTINCT s.statement_id) AS statements,
    count(DISTINCT s.statement_id) FILTER (s.cue_class = 'accusing') AS accusing,
    max(s.published_on) AS last_on
FROM said AS s
JOIN statement_subjects AS r ON r.statement_id = s.statement_id
JOIN people AS t ON t.actor_id = r.subject_id
WHERE s.country = $country AND t.country_code <> $country
GROUP BY t.country_code
ORDER BY statements DESC, country
