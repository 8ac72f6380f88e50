-- one row per speaker and actor whom they accuse: how often, and when first and last
SELECT
    speaker, accused, count(*) AS accusations, min(published_on) AS first_on, max(published_on) AS last_on, speaker_id,
    accused_id
FROM main.accusations
WHERE speaker IS NOT NULL
GROUP BY speaker, accused, speaker_id, accused_id
ORDER BY accusations DESC, first_on, speaker, accused
