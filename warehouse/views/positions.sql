-- One row is one utterance of a speaker about one actor, with the speaker's stance towards that actor as a model estimates it; without killed stories and copies, and only what was really said (not "may say" or "did not say").
WITH judged AS (  -- the most certain stance in the prints of an utterance
    SELECT
        s.actor_id AS speaker_id,
        r.actor_id AS subject_id,
        coalesce(s.utterance_id, s.statement_id) AS utterance_id,
        min(s.published_on) AS published_on,
        count(*) AS prints,
        arg_max(r.stance, r.stance_confidence) AS stance,
        max(r.stance_confidence) AS confidence,
        arg_max(r.statement_id, r.stance_confidence) AS statement_id
    FROM main.statement_actors AS r
    JOIN main.statements AS s USING (statement_id)
    JOIN main.articles AS a USING (article_id)
    WHERE r.stance IS NOT NULL AND s.actor_id <> r.actor_id AND NOT s.is_negated AND s.modality = 'asserted'
        AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
    GROUP BY ALL
)

SELECT
    j.published_on, -- day of the first print
    p.name AS speaker, -- fullest name of the speaker
    t.name AS subject, -- fullest name of the actor towards whom the stance is
    j.stance, -- for, against or neither, according to the print in which it is most certain
    j.confidence, -- probability that the stance is right
    j.stance <> 'neither' AND j.confidence >= 0.65 AS is_clear, -- whether the stance is for or against with a confidence of at least 0.65
    s.cue,
    s.content AS statement, -- what was said, in the words of that print
    j.prints, -- number of prints with this speaker and subject
    p.kind AS speaker_kind, -- person, organization, country, group, unnamed
    t.kind AS subject_kind, -- person, organization, country, group, unnamed
    j.speaker_id, -- actor_id of the speaker
    j.subject_id, -- actor_id of the subject
    s.article_id,
    j.statement_id,
    j.utterance_id -- the utterance: statement_id of its first print
FROM judged AS j
JOIN main.statements AS s USING (statement_id)
JOIN main.actors AS p ON p.actor_id = j.speaker_id AND p.kind <> 'nobody'
JOIN main.actors AS t ON t.actor_id = j.subject_id AND t.kind <> 'nobody'
