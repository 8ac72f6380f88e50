-- One row is one statement by one speaker that was printed more than once in the same words: where it was first printed, and how it spread.
WITH worded AS (  -- a number for speaker and words, because the texts of all statements would take too much memory
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

printed AS (  -- reading the statements twice costs less than finding them by their ids
    SELECT w.words, w.statement_id, a.published_on, (a.published_on, w.statement_id) AS place, a.outlet, a.story_id
    FROM (FROM worded SEMI JOIN repeats USING (words)) AS w
    JOIN main.articles AS a USING (article_id)
    WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
),

spread AS (
    SELECT
        min(published_on) AS first_on,
        arg_min(outlet, place) FILTER (published_on IS NOT NULL) AS first_outlet,
        max(published_on) AS last_on,
        count(*) AS copies,
        count(DISTINCT outlet) AS outlets,
        count(DISTINCT story_id) AS stories,
        coalesce(arg_min(statement_id, place) FILTER (published_on IS NOT NULL), min(statement_id)) AS statement_id
    FROM printed
    GROUP BY words
)

SELECT
    w.first_on, -- day of the first article that prints the statement
    w.first_outlet, -- outlet of the first article
    w.last_on, -- day of the last article that prints the statement
    w.copies, -- number of statements with these words
    w.outlets, -- number of outlets that printed the statement
    w.stories, -- number of stories with the statement; versions of one text are one story
    p.name AS speaker, -- fullest name of the speaker; null if no actor was found
    s.content AS statement, -- what was said, word for word
    s.actor_id,
    s.statement_id -- statement_id in the first article
FROM spread AS w
JOIN main.statements AS s USING (statement_id)
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id AND p.kind <> 'nobody'
