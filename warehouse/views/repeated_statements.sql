-- One row is one statement by one speaker that was printed more than once in the same words: where it was first printed, and how it spread.
WITH hashed AS MATERIALIZED (  -- two numbers for each statement: ids and outlets would take too much memory
    SELECT hash(actor_id, content) AS words, hash(statement_id) AS print
    FROM main.statements
    WHERE correction IS DISTINCT FROM 'deleted' AND article_id NOT IN (
        SELECT article_id FROM main.articles WHERE copy_of IS NOT NULL OR is_killed
    )
),

repeats AS (
    SELECT words FROM hashed GROUP BY words HAVING count(*) > 1
),

printed AS (
    SELECT
        h.words,
        s.statement_id,
        a.published_on,
        (a.published_on, s.statement_id) AS place,
        a.outlet,
        a.story_id
    FROM (FROM hashed SEMI JOIN repeats USING (words)) AS h
    JOIN main.statements AS s ON hash(s.statement_id) = h.print
    JOIN main.articles AS a USING (article_id)
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
