-- One row is one print of an utterance that differs from the fullest print: which words it adds, and which it drops.
WITH printed AS (
    SELECT
        s.statement_id,
        coalesce(s.utterance_id, s.statement_id) AS utterance_id,
        s.content,
        s.kind,
        s.published_on,
        s.actor_id,
        coalesce(a.outlet, a.agency) AS outlet,
        CAST(length(s.content) AS HUGEINT) * 18446744073709551616 - hash(s.statement_id) AS fullness
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
),

repeated AS (
    SELECT utterance_id FROM printed GROUP BY utterance_id HAVING count(*) > 1
),

fullest AS (
    SELECT
        utterance_id,
        arg_max(statement_id, fullness) AS fullest_id,
        arg_max(content, fullness) AS fullest,
        arg_max_null(outlet, fullness) AS fullest_outlet
    FROM printed
    SEMI JOIN repeated USING (utterance_id)
    GROUP BY utterance_id
),

others AS (
    SELECT p.* EXCLUDE (utterance_id, fullness), f.*
    FROM printed AS p
    JOIN fullest AS f USING (utterance_id)
    WHERE p.content <> f.fullest
),

pairs AS (  -- at most five hundred words of each, because longer texts are not quotations
    SELECT
        *,
        regexp_extract_all(lower(left(content, 8000)), '[\p{L}\p{N}]+')[:500] AS words,
        regexp_extract_all(lower(left(fullest, 8000)), '[\p{L}\p{N}]+')[:500] AS full_words
    FROM others
),

compared AS (
    SELECT
        *,
        [w FOR w IN words IF NOT list_contains(full_words, w)] AS added,
        [w FOR w IN full_words IF NOT list_contains(words, w)] AS dropped
    FROM pairs
    WHERE coalesce(words <> full_words, true) -- coalesce keeps DuckDB from moving this into the join, where it would split the words of all prints
)

SELECT
    c.published_on,
    c.outlet, -- outlet that published the article; if unknown, its news agency
    p.name AS speaker, -- fullest name of the speaker according to this print; null if no actor was found
    c.kind,
    c.content AS statement, -- what was said, in the words of this print
    c.fullest_outlet, -- outlet of the fullest print
    c.fullest, -- the words of the fullest print
    CASE
        WHEN len(c.added) = 0 AND len(c.dropped) = 0 THEN 'reordered'
        WHEN len(c.added) = 0 THEN 'cut'
        WHEN len(c.dropped) = 0 THEN 'added'
        ELSE 'changed'
    END AS drift, -- cut (only drops words), added (only adds words), changed (does both) or reordered (does neither)
    c.added, -- words that this print has and the fullest print does not, in order
    c.dropped, -- words that the fullest print has and this print does not, in order
    round(1 - len(c.dropped) / len(c.full_words), 2) AS kept, -- share of the fullest print's words that this print has too, from 0 to 1
    c.utterance_id, -- the utterance: statement_id of its first print
    c.statement_id,
    c.fullest_id, -- statement_id of the fullest print
    p.actor_id
FROM compared AS c
LEFT JOIN main.actors AS p ON p.actor_id = c.actor_id AND p.kind <> 'nobody'
