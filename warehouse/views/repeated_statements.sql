-- One row is one statement of one speaker in the same words, wherever it was printed: first where, and how far it spread.
WITH printed AS (
    SELECT
        s.actor_id,
        s.source,
        s.content,
        s.statement_id,
        a.published_on,
        a.outlet,
        a.story_id
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
)

SELECT
    min(t.published_on) AS first_on, -- day of the first article that has it
    arg_min(t.outlet, t.published_on) AS first_outlet, -- outlet of that article
    max(t.published_on) AS last_on, -- day of the last article that has it
    count(*) AS copies, -- articles that have it
    count(DISTINCT t.outlet) AS outlets, -- outlets that brought it
    count(DISTINCT t.story_id) AS stories, -- stories it stands in; versions of one text are one story
    any_value(p.name) AS speaker, -- fullest name of who spoke; null when nobody can be named
    t.content AS statement, -- what was said, word for word
    t.actor_id,
    min(t.statement_id) AS example_statement_id -- one of them
FROM printed AS t
LEFT JOIN main.actors AS p USING (actor_id)
GROUP BY t.actor_id, t.content
