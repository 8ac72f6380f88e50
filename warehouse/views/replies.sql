-- One row is one reply: a statement that answers another one of the same article, with who answered whom, and how.
-- Only what can hardly be anything else is here: far more is answered than these rows say.
WITH answering AS (  -- by their cue
    SELECT
        statement_id,
        article_id,
        seq_no,
        actor_id,
        content,
        CASE
            WHEN regexp_matches(
                cue,
                '(?i)\b(respond(ed|s)|repl(ied|ies)|retort(ed|s)|counter(ed|s)?|answer(ed|s)|rebut(ted|s)'
                || '|(hit|shot|fired|clapped|snapped) back)\b'
            ) THEN 'responds'
            ELSE 'denies'
        END AS manner
    FROM main.statements
    WHERE NOT is_negated AND modality = 'asserted' AND correction IS DISTINCT FROM 'deleted'
        AND (
            cue_class = 'denying' AND regexp_matches(
                cue, '(?i)^(has |have |had |also |again |strongly |repeatedly |flatly |\w+ly )*'
                || '(den(y|ies|ied|ial)|reject|dismiss|disput|refut|rebuff)'
            )
            OR regexp_matches(
                cue,
                '(?i)\b(respond(ed|s)|repl(ied|ies)|retort(ed|s)|counter(ed|s)?|answer(ed|s)|rebut(ted|s)'
                || '|(hit|shot|fired|clapped|snapped) back)\b'
            )
        )
),

near AS (  -- what others said just before
    SELECT
        a.statement_id,
        a.manner,
        t.statement_id AS answers_id,
        a.seq_no - t.seq_no AS distance,
        t.cue_class,
        t.actor_id AS answers_actor_id,
        a.actor_id
    FROM answering AS a
    JOIN main.statements AS t ON t.article_id = a.article_id AND t.seq_no BETWEEN a.seq_no - 2 AND a.seq_no - 1
    WHERE t.correction IS DISTINCT FROM 'deleted' AND coalesce(t.actor_id <> a.actor_id, true)
),

spoken_of AS (
    SELECT DISTINCT n.answers_id, n.statement_id
    FROM near AS n
    JOIN main.statement_actors AS r ON r.statement_id = n.answers_id AND r.actor_id = n.actor_id
    WHERE r.relation IN ('mentioned', 'addressee')
),

told AS (
    SELECT statement_id, answers_id, manner
    FROM near
    LEFT JOIN spoken_of USING (statement_id, answers_id)
    WHERE manner = 'responds' AND distance = 1
        OR manner = 'denies' AND actor_id IS NOT NULL AND (
            cue_class IN ('accusing', 'demanding', 'criticising')
            OR cue_class IN ('distancing', 'opining', 'other') AND spoken_of.answers_id IS NOT NULL
        )
    QUALIFY row_number() OVER (PARTITION BY statement_id ORDER BY distance) = 1
),

asked AS (  -- "Asked whether he would go, Roe said": the question is a statement whose speaker nobody names
    SELECT s.statement_id, q.statement_id AS answers_id, 'answers' AS manner
    FROM main.statements AS q
    JOIN main.statements AS s ON s.article_id = q.article_id AND s.seq_no = q.seq_no + 1
    WHERE q.cue_class = 'asking' AND s.actor_id IS NOT NULL AND s.correction IS DISTINCT FROM 'deleted'
        AND q.correction IS DISTINCT FROM 'deleted' AND coalesce(s.actor_id <> q.actor_id, true)
        AND (
            q.source IS NULL AND regexp_matches(q.cue, '(?i)^(when |if )?asked\b')
            OR regexp_matches(q.source, '(?i)^(a |the |one |two |another )?(\w+ )?(reporter|journalist|interviewer)s?\b')
        )
        AND s.statement_id NOT IN (SELECT statement_id FROM told)
)

SELECT
    s.published_on,
    coalesce(a.outlet, a.agency) AS outlet, -- who published the article, else the agency that it is from
    p.name AS speaker, -- who replies; null when nobody can be named
    r.manner, -- denies: what the other one said; responds: by its cue; answers: a question
    w.name AS answers_speaker, -- who is answered; null when nobody can be named
    s.cue,
    s.content AS statement, -- the reply, word for word
    t.cue AS answers_cue, -- the words that attribute what is answered
    t.content AS answers, -- what is answered, word for word
    t.cue_class AS answers_class, -- what its cue makes of it
    s.actor_id,
    w.actor_id AS answers_actor_id, -- who is answered
    r.statement_id,
    r.answers_id, -- statement_id of what is answered
    s.article_id,
    a.story_id
FROM (FROM told UNION ALL FROM asked) AS r
JOIN main.statements AS s USING (statement_id)
JOIN main.statements AS t ON t.statement_id = r.answers_id
JOIN main.articles AS a ON a.article_id = s.article_id
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id AND p.kind <> 'nobody'
LEFT JOIN main.actors AS w ON w.actor_id = t.actor_id AND w.kind <> 'nobody'
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
