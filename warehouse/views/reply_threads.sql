-- One row is one utterance in a thread of replies, in reading order: the first utterance, its replies, and the replies to them.
WITH RECURSIVE replies AS MATERIALIZED (
    FROM main.replies
),

links AS MATERIALIZED (  -- an utterance that answers several others is placed under one of them: that of the most certain answer
    SELECT
        utterance_id,
        arg_max(answers_utterance_id, rank) AS answers_utterance_id,
        arg_max(statement_id, rank) AS statement_id,
        arg_max(answers_id, rank) AS answers_id,
        arg_max(manner, rank) AS manner,
        arg_max(days_after, rank) AS days_after,
        arg_max(published_on, rank) AS published_on
    FROM (SELECT *, (confidence, statement_id) AS rank FROM replies)
    WHERE utterance_id <> answers_utterance_id
    GROUP BY utterance_id
),

threads AS (
    SELECT
        answers_utterance_id AS thread_id,
        0 AS depth,
        answers_utterance_id AS utterance_id,
        min(answers_id) AS statement_id,
        NULL::VARCHAR AS answers_utterance_id,
        NULL::VARCHAR AS manner,
        NULL::INTEGER AS days_after,
        [answers_utterance_id] AS way
    FROM links
    WHERE answers_utterance_id NOT IN (SELECT utterance_id FROM links)
    GROUP BY answers_utterance_id
    UNION ALL
    SELECT
        t.thread_id, t.depth + 1, l.utterance_id, l.statement_id, l.answers_utterance_id, l.manner, l.days_after,
        list_append(t.way, concat(l.published_on, l.utterance_id))
    FROM threads AS t
    JOIN links AS l ON l.answers_utterance_id = t.utterance_id
),

said AS (
    SELECT statement_id, article_id, published_on, outlet, speaker, statement, actor_id FROM replies
    UNION ALL
    SELECT DISTINCT answers_id, article_id, published_on, outlet, answers_speaker, answers, answers_actor_id
    FROM replies
    WHERE answers_id NOT IN (SELECT statement_id FROM replies)
)

SELECT
    t.thread_id, -- utterance_id of the utterance that began the thread
    row_number() OVER (PARTITION BY t.thread_id ORDER BY t.way) AS place, -- 1, 2, 3... in reading order, each utterance before its replies
    count(*) OVER (PARTITION BY t.thread_id) AS utterances, -- number of utterances in the thread
    t.depth, -- 0: the utterance began the thread; 1: it answers the first utterance; 2: it answers a reply...
    s.published_on,
    s.outlet, -- outlet that published the article; if unknown, its news agency
    s.speaker, -- speaker of the utterance; null if no actor was found
    t.manner, -- how the utterance answers: denies, responds or answers; null for the first utterance of a thread
    t.days_after, -- days since the answered utterance
    s.statement, -- the words of one print of the utterance
    s.actor_id,
    t.utterance_id,
    t.answers_utterance_id, -- the answered utterance
    t.statement_id,
    s.article_id
FROM threads AS t
JOIN said AS s ON s.statement_id = t.statement_id
