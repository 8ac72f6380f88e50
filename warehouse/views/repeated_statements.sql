-- One row is one statement by one speaker that was printed more than once in the same words: where it was first printed, and how it spread.
-- Groups have numbers instead of texts and ids: with texts, groups of ten million statements did not fit into 1 GB of memory.
WITH worded AS NOT MATERIALIZED (  -- a number for speaker and words
    SELECT statement_id, article_id, hash(actor_id, content) AS words
    FROM main.statements
    WHERE correction IS DISTINCT FROM 'deleted'
),

repeats AS MATERIALIZED (
    SELECT words
    FROM worded
    ANTI JOIN (SELECT article_id FROM main.articles WHERE copy_of IS NOT NULL OR is_killed) USING (article_id)
    GROUP BY words
    HAVING count(*) > 1
),

outlets AS MATERIALIZED (
    SELECT outlet, row_number() OVER () AS outlet_no FROM main.articles WHERE outlet IS NOT NULL GROUP BY outlet
),

printed AS (  -- reading the statements twice costs less than finding them by their ids
    SELECT
        w.words,
        hash(w.statement_id) AS statement,
        a.published_on,
        (coalesce(a.published_on, DATE '9999-12-31'), w.statement_id) AS place,
        o.outlet_no,
        hash(a.story_id) AS story
    FROM (FROM worded SEMI JOIN repeats USING (words)) AS w
    JOIN main.articles AS a USING (article_id)
    LEFT JOIN outlets AS o USING (outlet)
    WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
),

spread AS (
    SELECT
        min(published_on) AS first_on,
        arg_min(outlet_no, place) FILTER (published_on IS NOT NULL) AS outlet_no,
        max(published_on) AS last_on,
        count(*) AS copies,
        count(DISTINCT outlet_no) AS outlets,
        count(DISTINCT story) AS stories,
        arg_min(statement, place) AS statement
    FROM printed
    GROUP BY words
),

found AS (  -- publishing stores these rows, see warehouse/query/kept_prints.py
    SELECT
        w.first_on,
        o.outlet AS first_outlet,
        w.last_on,
        w.copies,
        w.outlets,
        w.stories,
        s.content,
        s.actor_id,
        s.statement_id
    FROM spread AS w
    JOIN main.statements AS s ON hash(s.statement_id) = w.statement
    LEFT JOIN outlets AS o USING (outlet_no)
)

SELECT
    w.first_on, -- day of the first article that prints the statement
    w.first_outlet, -- outlet of the first article
    w.last_on, -- day of the last article that prints the statement
    w.copies, -- number of statements with these words
    w.outlets, -- number of outlets that printed the statement
    w.stories, -- number of stories with the statement; versions of one text are one story
    p.name AS speaker, -- fullest name of the speaker; null if no actor was found
    w.content AS statement, -- what was said, word for word
    w.actor_id,
    w.statement_id -- statement_id in the first article
FROM found AS w
LEFT JOIN main.actors AS p ON p.actor_id = w.actor_id AND p.kind <> 'nobody'
