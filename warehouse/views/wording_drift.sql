-- One row is one print of an utterance that differs from the fullest print, which is in another article: which words it adds, and which it drops. Prints in the article of the fullest print are left out, because many of them are other utterances.
WITH repeated AS MATERIALIZED (  -- most utterances are printed once
    SELECT DISTINCT hash(utterance_id) AS utterance FROM main.statements WHERE utterance_id <> statement_id
),

articles AS MATERIALIZED (
    SELECT article_id, coalesce(outlet, agency) AS outlet
    FROM main.articles
    WHERE copy_of IS NULL AND is_killed IS NOT TRUE
),

prints AS MATERIALIZED (  -- numbers instead of texts and ids: those of all utterances at once would not fit into memory
    SELECT
        hash(statement_id) AS statement,
        utterance,
        hash(article_id) AS article,
        hash(content) AS letters,
        CAST(length(content) AS UBIGINT) * 4294967296 + 4294967295 - hash(statement_id) // 4294967296 AS fullness
    FROM (
        SELECT statement_id, hash(coalesce(utterance_id, statement_id)) AS utterance, article_id, content
        FROM main.statements
        WHERE correction IS DISTINCT FROM 'deleted'
            AND hash(coalesce(utterance_id, statement_id)) IN (SELECT utterance FROM repeated)
    )
    SEMI JOIN articles USING (article_id)
),

fullest AS (
    SELECT
        utterance,
        arg_max(statement, fullness) AS fullest,
        arg_max(letters, fullness) AS letters,
        arg_max(article, fullness) AS article
    FROM prints
    GROUP BY utterance
),

differing AS MATERIALIZED (
    SELECT p.statement, u.fullest
    FROM prints AS p
    JOIN fullest AS u USING (utterance)
    WHERE p.letters <> u.letters AND p.article <> u.article
),

found AS (  -- publishing stores these rows, see warehouse/query/kept_prints.py
    SELECT
        s.statement_id,
        s.content,
        s.kind,
        s.published_on,
        s.actor_id,
        a.outlet,
        coalesce(s.utterance_id, s.statement_id) AS utterance_id,
        f.statement_id AS fullest_id,
        f.content AS fullest,
        o.outlet AS fullest_outlet
    FROM differing AS u
    JOIN main.statements AS s ON hash(s.statement_id) = u.statement
    JOIN articles AS a ON a.article_id = s.article_id
    JOIN main.statements AS f ON hash(f.statement_id) = u.fullest
    JOIN articles AS o ON o.article_id = f.article_id
),

pairs AS (  -- at most five hundred words of each, because longer texts are not quotations
    SELECT
        *,
        regexp_extract_all(lower(left(content, 8000)), '[\p{L}\p{N}]+')[:500] AS words,
        regexp_extract_all(lower(left(fullest, 8000)), '[\p{L}\p{N}]+')[:500] AS full_words
    FROM found
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
