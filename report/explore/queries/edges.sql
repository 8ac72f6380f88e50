-- one row per speaker and actor that they speak about or to with one class of cue: who accuses whom
WITH pairs AS (
    SELECT s.actor_id, r.subject_id, count(DISTINCT s.statement_id) AS statements, min(s.published_on) AS first_on,
        max(s.published_on) AS last_on
    FROM said AS s
    JOIN statement_subjects AS r ON r.statement_id = s.statement_id
    WHERE s.cue_class = $cue AND s.actor_id IS NOT NULL
    GROUP BY s.actor_id, r.subject_id
)

SELECT p.name AS speaker, t.name AS subject, n.statements, n.first_on, n.last_on, n.actor_id AS speaker_id, n.subject_id
FROM pairs AS n
JOIN people AS p ON p.actor_id = n.actor_id
JOIN people AS t ON t.actor_id = n.subject_id
ORDER BY n.statements DESC, n.first_on, p.name, t.name
