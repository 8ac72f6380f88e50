-- one row per actor who takes a clear stance towards this one, most clear stances first
SELECT p.actor_id, p.name, p.kind, n.in_favour, n.against, n.utterances, n.last_on
FROM stances AS n
JOIN people AS p ON p.actor_id = n.speaker_id
WHERE n.subject_id = $id
ORDER BY n.in_favour + n.against DESC, p.name, p.actor_id
