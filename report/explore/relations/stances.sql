SELECT
    speaker_id, subject_id,
    count(*) FILTER (is_clear AND stance = 'for') AS in_favour,
    count(*) FILTER (is_clear AND stance = 'against') AS against,
    count(*) AS utterances, max(published_on) FILTER (is_clear) AS last_on
FROM main.positions
GROUP BY ALL
HAVING count(*) FILTER (is_clear) > 0
