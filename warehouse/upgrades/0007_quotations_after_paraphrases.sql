-- Clears all utterances, because the rule has changed; the next run assigns them again.
UPDATE main.statements SET utterance_id = NULL WHERE utterance_id IS NOT NULL;
