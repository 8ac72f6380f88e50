SELECT
    speaker_id, subject_id, stance_before, stance_after, before_on, after_on, statements_before, statements_after,
    before_id, after_id
FROM main.stance_changes
