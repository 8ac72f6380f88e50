-- One row is one actor who answers another one: how often, in what manner, how soon, and when first and last.
SELECT
    arg_min(speaker, statement_id) AS speaker, -- who answers
    arg_min(answers_speaker, statement_id) AS answers_speaker, -- who is answered
    count(DISTINCT (utterance_id, answers_utterance_id)) AS replies, -- sayings that answer one; reprints count once
    count(DISTINCT utterance_id) FILTER (manner = 'denies') AS denials, -- sayings that deny what the other one said
    count(DISTINCT article_id) AS articles, -- in which they stand
    count(DISTINCT outlet) AS outlets, -- that print them
    median(days_after) AS median_days, -- from what is answered to the reply
    min(published_on) AS first_on, -- day of the first reply
    max(published_on) AS last_on, -- day of the last one
    actor_id,
    answers_actor_id -- who is answered
FROM main.replies
WHERE actor_id IS NOT NULL AND answers_actor_id IS NOT NULL
GROUP BY actor_id, answers_actor_id
