-- One row is one reply: a statement that answers another one, with who answers whom, how, and after how many days.
-- The answered statement is just before the reply in the article; it may have been printed days earlier. The view lists
-- only clear cases, so articles contain more replies than these.
WITH answering AS MATERIALIZED (  -- statements with a cue that answers
    SELECT
        s.statement_id,
        s.article_id,
        s.seq_no,
        s.actor_id,
        s.organization_id,
        s.published_on,
        s.cue,
        s.content,
        s.utterance_id,
        coalesce(s.actor_id, lower(s.source), s.statement_id) AS voice,
        least(s.cue_start, s.content_spans[1].start) AS starts_at,
        s.cue_lemma IN ('deny', 'denial', 'reject', 'dismiss', 'dispute', 'refute', 'rebuff', 'scoff', 'push') AS denies,
        s.cue_lemma = 'answer' AND s.kind <> 'direct' AS answers -- "12 percent answered that...": answers only a question
    FROM main.statements AS s
    WHERE regexp_full_match(  -- not IN (...): only for a function does DuckDB read the other columns of the matching rows alone
            s.cue_lemma,
            'respond|reply|retort|counter|rebut|answer|hit|shoot|fire|clap|snap|push'
            || '|deny|denial|reject|dismiss|dispute|refute|rebuff|scoff'
        )
        AND NOT s.is_negated AND s.modality = 'asserted' AND s.correction IS DISTINCT FROM 'deleted'
        AND CASE
            WHEN s.cue_lemma IN ('hit', 'shoot', 'fire', 'clap', 'snap', 'push') THEN contains(s.cue, ' back')
            WHEN s.cue_lemma IN ('respond', 'reply', 'retort', 'counter', 'rebut', 'answer') THEN regexp_matches(
                s.cue,
                '(?i)^respond$|\b(responds|responded|responding|replies|replied|replying|retort|counter|rebut|answers|answered)'
            ) AND NOT regexp_matches(s.cue, '(?i)\brespond(ed|s) (to\b|with\b|by (\w+ )?refus)') -- "responded to the fire"
            AND (
                s.kind = 'direct' OR regexp_matches(
                    s.content,
                    '(?i)^\W*(that|not|no|yes|by|it|if|i|he|she|they|we|there|maintaining)\b|^[“"‘]'
                )
            )
            ELSE s.cue_class = 'denying'
        END
),

places AS MATERIALIZED (  -- the three statements before the reply; ids only, so that the join fits into memory
    SELECT a.statement_id, t.statement_id AS answers_id, a.distance
    FROM (
        SELECT statement_id, article_id, seq_no, starts_at, denies, unnest([1, 2, 3]) AS distance FROM answering
    ) AS a
    JOIN main.statements AS t ON t.article_id = a.article_id AND t.seq_no = a.seq_no - a.distance
    WHERE t.correction IS DISTINCT FROM 'deleted'
        -- The reply follows soon after the statement and is not inside it. What is further away is seldom answered.
        AND a.starts_at - t.content_spans[-1]."end" BETWEEN 0 AND if(a.denies, 250, 100)
),

before AS MATERIALIZED (  -- the same with all that is needed of both statements
    SELECT
        a.*,
        p.distance,
        t.statement_id AS answers_id,
        t.actor_id AS answers_actor_id,
        t.published_on AS answers_on,
        t.cue AS answers_cue,
        t.cue_class AS answers_class,
        t.content AS answers_content,
        t.utterance_id AS answers_utterance_id,
        coalesce(t.actor_id, lower(t.source), t.statement_id) AS answers_voice,
        t.cue_class IN ('accusing', 'demanding', 'criticising', 'asking') AS is_call
    FROM places AS p
    JOIN answering AS a ON a.statement_id = p.statement_id
    JOIN main.statements AS t ON t.statement_id = p.answers_id
),

last_voice AS (
    SELECT statement_id, answers_voice FROM before WHERE distance = 1
),

near AS (  -- the latest statements of the last speaker, up to another speaker's statement
    SELECT b.*
    FROM before AS b
    JOIN last_voice AS l USING (statement_id, answers_voice)
    WHERE NOT b.denies AND b.answers_voice <> b.voice AND NOT EXISTS (
        FROM before AS o
        WHERE o.statement_id = b.statement_id AND o.distance < b.distance AND o.answers_voice <> b.answers_voice
    )
),

spoken_of AS (  -- statements about the speaker of the reply, or about the organization they speak for
    SELECT DISTINCT b.answers_id, b.statement_id
    FROM before AS b
    JOIN main.statement_actors AS r ON r.statement_id = b.answers_id
    WHERE b.denies AND r.relation IN ('mentioned', 'addressee')
        AND (r.actor_id = b.actor_id OR r.actor_id = b.organization_id)
),

by_cue AS (  -- a reply answers an accusation, demand, criticism or question rather than other statements before it
    SELECT * EXCLUDE (is_call), 'responds' AS manner, 0.9 AS confidence
    FROM near
    WHERE (distance = 1 OR is_call) AND answers_class <> 'declining'
        AND (answers_class = 'asking' OR answers_voice <> answers_id AND NOT answers) -- a source without a name is not known to have made a demand
    UNION ALL
    SELECT b.* EXCLUDE (is_call), 'denies', 0.8
    FROM before AS b
    LEFT JOIN spoken_of AS o USING (statement_id, answers_id)
    WHERE b.denies AND b.answers_voice <> b.voice AND b.actor_id IS NOT NULL
        AND b.answers_class NOT IN ('asking', 'declining', 'denying')
        AND (  -- "denied the charges"; "denied that the bridge had cracked" after an accusation or one of these words
            regexp_matches(
                b.content,
                '(?i)^\W*(it\W*$|((any|all|both|an?|the|those|these|this|such|his|her|their|\w+[’'']s?) )*(\w+ )?'
                || '(accusation|allegation|assertion|charge|claim|criticism|involvement|report|rumou?r|suggestion|wrongdoing)s?\b)'
            ) AND NOT regexp_matches(b.content, '(?i)^[^,.]{0,40}(accusation|allegation|assertion|charge|claim|criticism|report|rumou?r|suggestion)s? that\b')
            OR b.answers_class IN ('accusing', 'distancing') AND regexp_matches(b.cue, '(?i)\b(den(y|ie[sd]|ial)|refut|disput)')
            OR list_has_any(
                [word[:5] FOR word IN regexp_extract_all(b.content, '\b[a-z]{5,}')],
                [word[:5] FOR word IN regexp_extract_all(lower(b.answers_content), '[a-z]{5,}')]
            )
        )
        AND (
            b.answers_class IN ('accusing', 'criticising')
            AND (
                b.distance = 1 OR b.distance = 2 AND (
                    o.answers_id IS NOT NULL
                    OR regexp_matches(b.content, '(?i)^\W*(all|both|the|these|this|those|that) (accusation|allegation|charge|claim)s?\W*$')
                )
            )
            OR b.distance = 1 AND b.answers_class = 'distancing' AND regexp_matches(  -- "dismissed the allegations" after "alleged"
                b.content, '(?i)^\W*(all|both|the|these|this|those|that|it) ?(accusation|allegation|charge|claim)?s?\W*$'
            )
            OR b.distance = 1 AND o.answers_id IS NOT NULL
            AND NOT regexp_matches(b.answers_cue, '(?i)^(according to|explain|acknowledg)')
            AND regexp_matches(  -- "denied it", "rejected the charge", "denied that...": a denied claim, not a refused request
                b.content,
                '(?i)^\W*(that\b|it\W*$|(\w+ly )?\w+ing\b|(any |all )?(wrongdoing|involvement)'
                || '|((any|all|both|the|those|these|this|such|his|her|their|\w+[’'']s?) )*(\w+ )?'
                || '(accusation|allegation|argument|assertion|charge|claim|criticism|idea|notion|report|rumou?r'
                || '|suggestion|theor)\w*)'
            )
        )
),

by_question AS (  -- "Asked whether he would go, Roe said": the question is a statement without a named speaker
    SELECT
        s.statement_id,
        s.article_id,
        s.seq_no,
        s.actor_id,
        s.organization_id,
        s.published_on,
        s.cue,
        s.content,
        s.utterance_id,
        s.actor_id AS voice,
        NULL AS starts_at,
        false AS denies,
        true AS answers,
        1 AS distance,
        q.statement_id AS answers_id,
        q.actor_id AS answers_actor_id,
        q.published_on AS answers_on,
        q.cue AS answers_cue,
        q.cue_class AS answers_class,
        q.content AS answers_content,
        q.utterance_id AS answers_utterance_id,
        NULL AS answers_voice,
        'answers' AS manner,
        0.95 AS confidence
    FROM (
        FROM main.statements
        WHERE cue_class = 'asking' AND correction IS DISTINCT FROM 'deleted' AND (
            (source IS NULL OR source_start - cue_end BETWEEN 3 AND 30) -- "Asked by the Herald whether"
            AND regexp_matches(cue, '(?i)^(when |if )?asked\b')
            OR regexp_matches(source, '(?i)^(a |the |one |two |another )?(\w+ )?(reporter|journalist|interviewer)s?\b')
        )
    ) AS q
    JOIN main.statements AS n ON n.article_id = q.article_id AND n.seq_no = q.seq_no + 1
    JOIN main.statements AS s  -- the next statement that is not inside the question
        ON s.article_id = q.article_id
        AND s.seq_no = q.seq_no + if(n.content_spans[-1]."end" <= q.content_spans[-1]."end", 2, 1)
    WHERE s.actor_id IS NOT NULL AND NOT s.is_negated AND s.correction IS DISTINCT FROM 'deleted'
        AND least(s.cue_start, s.content_spans[1].start) - q.content_spans[-1]."end" BETWEEN 0 AND 80
        AND coalesce(s.actor_id <> q.actor_id, true)
        AND NOT regexp_matches(
            s.cue, '(?i)\b(reports|reported|found|finds|shows?|showed|recall\w*|criticiz\w*|perspective)\b'
        )
),

picked AS (
    FROM (FROM by_cue UNION ALL FROM by_question)
    QUALIFY row_number() OVER (PARTITION BY statement_id ORDER BY confidence DESC, distance, answers_id) = 1
),

found AS (  -- publishing stores these rows, see warehouse/query/kept_replies.py
    SELECT
        p.statement_id,
        p.answers_id,
        p.article_id,
        p.published_on,
        p.manner,
        p.confidence,
        p.cue,
        p.content,
        p.actor_id,
        p.utterance_id,
        p.answers_on,
        p.answers_cue,
        p.answers_class,
        p.answers_content,
        p.answers_actor_id,
        p.answers_utterance_id,
        f.published_on AS first_on -- null if the answered statement is itself the first print
    FROM picked AS p
    LEFT JOIN (
        SELECT statement_id, published_on FROM main.statements
        WHERE statement_id IN (SELECT answers_utterance_id FROM picked WHERE answers_utterance_id <> answers_id)
    ) AS f ON f.statement_id = p.answers_utterance_id
)

SELECT
    r.published_on,
    coalesce(a.outlet, a.agency) AS outlet, -- outlet that published the article; if unknown, its news agency
    p.name AS speaker, -- speaker of the reply; null if no actor was found
    r.manner, -- denies (the answered statement), responds (according to its cue) or answers (a question)
    w.name AS answers_speaker, -- speaker of the answered statement; null if no actor was found
    r.cue,
    r.content AS statement, -- the reply, word for word
    r.answers_cue, -- cue of the answered statement
    r.answers_content AS answers, -- the answered statement, word for word
    r.answers_class, -- cue_class of the answered statement
    r.actor_id,
    w.actor_id AS answers_actor_id, -- actor_id of the speaker of the answered statement
    r.statement_id,
    r.answers_id, -- statement_id of the answered statement
    r.article_id,
    a.story_id,
    CAST(r.published_on - coalesce(r.first_on, r.answers_on) AS INTEGER)
        AS days_after, -- days from the first print of the answered statement to the reply; null if the article has no day
    coalesce(r.utterance_id, r.statement_id) AS utterance_id, -- utterance of the reply
    coalesce(r.answers_utterance_id, r.answers_id) AS answers_utterance_id, -- utterance of the answered statement
    r.confidence -- estimated probability that the row is right
FROM found AS r
JOIN main.articles AS a ON a.article_id = r.article_id
LEFT JOIN main.actors AS p ON p.actor_id = r.actor_id AND p.kind <> 'nobody'
LEFT JOIN main.actors AS w ON w.actor_id = r.answers_actor_id AND w.kind <> 'nobody'
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
