-- Which statements print one saying is decided otherwise than before; the next run decides it for all statements.
UPDATE main.statements SET utterance_id = NULL WHERE utterance_id IS NOT NULL;
