-- one row a speaker and whom they speak of or to, in one class of cue: who accuses whom
SELECT speaker, subject, relation, statements, first_on, last_on, speaker_id, subject_id
FROM main.who_about_whom
WHERE cue_class = $cue
ORDER BY statements DESC, first_on, speaker, subject
