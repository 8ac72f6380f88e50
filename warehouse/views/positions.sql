-- One row is one utterance of a speaker about one actor, with the speaker's stance towards that actor as a model estimates it; without killed stories and copies, and only what was really said (not "may say" or "did not say").
WITH found AS (  -- publishing stores these rows, see warehouse/query/kept_stances.py
    SELECT
        s.statement_id,
        s.article_id,
        s.actor_id AS speaker_id,
        r.actor_id AS subject_id,
        coalesce(s.utterance_id, s.statement_id) AS utterance_id,
        s.published_on,
        r.stance,
        r.stance_confidence AS confidence,
        s.cue,
        s.content,
        md5_number_lower(concat(s.actor_id, ' ', r.actor_id, ' ', coalesce(s.utterance_id, s.statement_id))) AS position_no
    FROM main.statement_actors AS r
    JOIN main.statements AS s USING (statement_id)
    WHERE r.stance IS NOT NULL AND s.actor_id <> r.actor_id AND NOT s.is_negated AND s.modality = 'asserted'
        AND s.correction IS DISTINCT FROM 'deleted'
),

best AS (  -- the most certain stance in the prints of an utterance
    SELECT
        f.speaker_id,
        f.subject_id,
        f.utterance_id,
        min(f.published_on) AS published_on,
        count(*) AS prints,
        arg_max(f.stance, f.certainty) AS stance,
        max(f.confidence) AS confidence,
        arg_max(f.statement_id, f.certainty) AS statement_id
    FROM (
        -- Of two prints with the same confidence, the hash decides, so that each query shows the same one.
        SELECT *, CAST(confidence * 1e9 AS UBIGINT) * 4294967296 + hash(statement_id) // 4294967296 AS certainty FROM found
    ) AS f
    JOIN main.articles AS a USING (article_id)
    WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
    GROUP BY ALL
),

judged AS (
    SELECT j.*, s.cue, s.content, s.article_id FROM best AS j JOIN main.statements AS s USING (statement_id)
)

SELECT
    j.published_on, -- day of the first print
    p.name AS speaker, -- fullest name of the speaker
    t.name AS subject, -- fullest name of the actor towards whom the stance is
    j.stance, -- for, against or neither, according to the print in which it is most certain
    j.confidence, -- probability that the stance is right
    j.stance <> 'neither' AND j.confidence >= 0.65 AS is_clear, -- whether the stance is for or against with a confidence of at least 0.65
    j.cue,
    j.content AS statement, -- what was said, in the words of that print
    j.prints, -- number of prints with this speaker and subject
    p.kind AS speaker_kind, -- person, organization, country, group, unnamed
    t.kind AS subject_kind, -- person, organization, country, group, unnamed
    j.speaker_id, -- actor_id of the speaker
    j.subject_id, -- actor_id of the subject
    j.article_id,
    j.statement_id,
    j.utterance_id -- the utterance: statement_id of its first print
FROM judged AS j
JOIN main.actors AS p ON p.actor_id = j.speaker_id AND p.kind <> 'nobody'
JOIN main.actors AS t ON t.actor_id = j.subject_id AND t.kind <> 'nobody'
