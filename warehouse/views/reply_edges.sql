-- One row is one actor who answers another actor: how often, after how many days, and when first and last.
-- Prints of one utterance may name its speaker differently, so the speaker of its first print counts.
WITH printed AS (
    SELECT
        r.*,
        coalesce(f.actor_id, r.answers_actor_id) AS first_actor_id,
        -- "the charge" is too short to be recognised as one utterance, but replies in these words to one statement count once
        min(r.utterance_id) OVER (
            PARTITION BY r.actor_id, r.answers_utterance_id, r.manner, lower(r.statement)
        ) AS reply_id
    FROM main.replies AS r
    LEFT JOIN main.statements AS f ON f.statement_id = r.answers_utterance_id
    WHERE r.actor_id IS NOT NULL
)

SELECT
    arg_min(r.speaker, r.statement_id) AS speaker, -- speaker of the replies
    any_value(p.name) AS answers_speaker, -- speaker of the answered statements
    count(DISTINCT (r.reply_id, r.answers_utterance_id)) AS replies, -- number of replies; reprints count once
    count(DISTINCT r.reply_id) FILTER (r.manner = 'denies') AS denials, -- number of replies that deny the answered statement
    count(DISTINCT r.article_id) AS articles, -- number of articles with the replies
    count(DISTINCT r.outlet) AS outlets, -- number of outlets that printed the replies
    median(r.days_after) AS median_days, -- median of the days between the answered statement and the reply
    min(r.published_on) AS first_on, -- day of the first reply
    max(r.published_on) AS last_on, -- day of the last reply
    r.actor_id,
    r.first_actor_id AS answers_actor_id -- actor_id of the speaker of the answered statements, according to their first print
FROM printed AS r
LEFT JOIN main.actors AS p ON p.actor_id = r.first_actor_id AND p.kind <> 'nobody'
WHERE r.first_actor_id IS NOT NULL
GROUP BY r.actor_id, r.first_actor_id
