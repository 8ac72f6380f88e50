-- One row is one change in the clear stances of a speaker towards one actor: from for to against, or back. A change is listed only if both statements surely have this speaker and name the subject near their beginning, and if the subject is not the speaker's own country. Nearly half of the rows are wrong, so read both statements.
WITH days AS (  -- days on which the speaker is only for or only against the subject
    SELECT
        speaker_id,
        subject_id,
        published_on,
        min(stance) AS stance,
        count(*) AS statements,
        max(confidence) AS confidence,
        arg_max(statement_id, confidence) AS statement_id
    FROM main.positions
    WHERE is_clear AND published_on IS NOT NULL
    GROUP BY ALL
    HAVING min(stance) = max(stance)
),

turns AS (
    SELECT *, coalesce(stance <> lag(stance) OVER in_order, false) AS is_turn
    FROM days
    WINDOW in_order AS (PARTITION BY speaker_id, subject_id ORDER BY published_on)
),

numbered AS (
    SELECT *, count(*) FILTER (is_turn) OVER in_order AS period
    FROM turns
    WINDOW in_order AS (PARTITION BY speaker_id, subject_id ORDER BY published_on)
),

periods AS (  -- days in a row with the same stance
    SELECT
        speaker_id,
        subject_id,
        period,
        any_value(stance) AS stance,
        CAST(sum(statements) AS BIGINT) AS statements,
        min(published_on) AS first_on,
        max(published_on) AS last_on,
        arg_min(statement_id, published_on) AS first_id,
        arg_max(statement_id, published_on) AS last_id,
        arg_min(confidence, published_on) AS first_confidence,
        arg_max(confidence, published_on) AS last_confidence
    FROM numbered
    GROUP BY ALL
),

changes AS (
    SELECT
        o.speaker_id,
        o.subject_id,
        o.stance AS stance_before,
        n.stance AS stance_after,
        o.last_on AS before_on,
        n.first_on AS after_on,
        o.last_id AS before_id,
        n.first_id AS after_id,
        o.statements AS statements_before,
        n.statements AS statements_after,
        least(o.last_confidence, n.first_confidence) AS confidence,
        max(n.period) OVER (PARTITION BY o.speaker_id, o.subject_id) AS changes
    FROM periods AS o
    JOIN periods AS n
        ON n.speaker_id = o.speaker_id AND n.subject_id = o.subject_id AND n.period = o.period + 1
),

listed AS (  -- both statements surely have this speaker, and name the subject near their beginning
    SELECT c.* EXCLUDE (statement_id)
    FROM (SELECT *, unnest([before_id, after_id]) AS statement_id FROM changes) AS c
    JOIN main.statement_actors AS r ON r.statement_id = c.statement_id AND r.actor_id = c.subject_id
    JOIN main.statements AS s ON s.statement_id = c.statement_id
    JOIN main.mentions AS m USING (mention_id)
    WHERE r.relation = 'mentioned' AND s.speaker_confidence >= 0.9 AND m.start - s.content_spans[1].start <= 30
    GROUP BY ALL
    HAVING count(DISTINCT r.statement_id) = 2
)

SELECT
    p.name AS speaker, -- fullest name of the speaker
    t.name AS subject, -- fullest name of the actor towards whom the stance is
    c.stance_before, -- stance before the change: for or against
    c.stance_after, -- stance after the change
    c.before_on, -- last day with the stance before the change
    c.after_on, -- first day with the stance after the change
    CAST(c.after_on - c.before_on AS INTEGER) AS days_between, -- days between these two days
    b.content AS statement_before, -- most certain statement of the last day before the change, word for word
    a.content AS statement_after, -- most certain statement of the first day after the change, word for word
    c.statements_before, -- number of statements with the stance before the change, since the previous change
    c.statements_after, -- number of statements with the stance after the change, until the next change
    c.changes, -- number of changes in the stance of this speaker towards this subject, with those that are not listed
    c.confidence, -- probability that the stance is right, of the less certain of the two statements
    c.speaker_id, -- actor_id of the speaker
    c.subject_id, -- actor_id of the subject
    c.before_id, -- statement_id of statement_before
    c.after_id -- statement_id of statement_after
FROM listed AS c
JOIN main.statements AS b ON b.statement_id = c.before_id
JOIN main.statements AS a ON a.statement_id = c.after_id
JOIN main.actors AS p ON p.actor_id = c.speaker_id
JOIN main.actors AS t ON t.actor_id = c.subject_id
WHERE NOT (t.kind = 'country' AND coalesce(t.country_code = p.country_code, false))
