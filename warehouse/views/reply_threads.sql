-- One row is one saying in a thread of replies: who began it, who answered, who answered that, in the order to read them.
WITH RECURSIVE links AS MATERIALIZED (  -- a saying that answers several is told under the one that it surely answers
    SELECT
        utterance_id,
        arg_max(answers_utterance_id, rank) AS answers_utterance_id,
        arg_max(statement_id, rank) AS statement_id,
        arg_max(answers_id, rank) AS answers_id,
        arg_max(manner, rank) AS manner,
        arg_max(days_after, rank) AS days_after,
        arg_max(published_on, rank) AS published_on
    FROM (SELECT *, (confidence, statement_id) AS rank FROM main.replies)
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
)

SELECT
    t.thread_id, -- utterance_id of the saying that began it
    row_number() OVER (PARTITION BY t.thread_id ORDER BY t.way) AS place, -- 1, 2, 3... each saying before its answers
    count(*) OVER (PARTITION BY t.thread_id) AS sayings, -- in the thread
    t.depth, -- 0: it began the thread; 1: it answers that one; 2: it answers an answer...
    s.published_on,
    coalesce(a.outlet, a.agency) AS outlet, -- who published the article, else the agency that it is from
    p.name AS speaker, -- who spoke; null when nobody can be named
    t.manner, -- how it answers; null where a thread begins
    t.days_after, -- days from what it answers
    s.content AS statement, -- the words of one print of it
    s.actor_id,
    t.utterance_id,
    t.answers_utterance_id, -- the saying that it answers
    t.statement_id,
    s.article_id
FROM threads AS t
JOIN main.statements AS s ON s.statement_id = t.statement_id
JOIN main.articles AS a ON a.article_id = s.article_id
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id AND p.kind <> 'nobody'
