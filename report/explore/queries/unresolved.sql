-- one row per wording of a source that could not be resolved, most frequent first
SELECT source, speaker_resolution AS naming, statements, articles, first_seen_on, last_seen_on, example_statement_id AS statement_id
FROM main.unresolved_speakers
WHERE source IS NOT NULL
ORDER BY statements DESC, source
