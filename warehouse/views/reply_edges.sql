-- One row is one actor who answers another one: how often, how soon, and when first and last.
SELECT
    arg_min(speaker, statement_id) AS speaker, -- speaker of the replies
    arg_min(answers_speaker, statement_id) AS answers_speaker, -- speaker of the answered statements
    count(DISTINCT (utterance_id, answers_utterance_id)) AS replies, -- number of replies; reprints count once
    count(DISTINCT utterance_id) FILTER (manner = 'denies') AS denials, -- number of replies that deny the answered statement
    count(DISTINCT article_id) AS articles, -- number of articles with the replies
    count(DISTINCT outlet) AS outlets, -- number of outlets that printed them
    median(days_after) AS median_days, -- median of the days between the answered statement and the reply
    min(published_on) AS first_on, -- day of the first reply
    max(published_on) AS last_on, -- day of the last reply
    actor_id,
    answers_actor_id -- actor_id of the speaker of the answered statements
FROM main.replies
WHERE actor_id IS NOT NULL AND answers_actor_id IS NOT NULL
GROUP BY actor_id, answers_actor_id
