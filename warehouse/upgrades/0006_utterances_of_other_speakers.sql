-- Clears all utterances, because more pairs are compared; the next run assigns them again.
UPDATE main.statements SET utterance_id = NULL WHERE utterance_id IS NOT NULL;
