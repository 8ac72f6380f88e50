-- One row is one utterance: what was said once, by whom, when it was first printed, and how often and where it was told.
WITH sayings AS (
    SELECT
        utterance_id,
        min(published_on) AS first_on,
        max(published_on) AS last_on,
        arg_min(outlet, print_no) AS first_outlet,
        count(*) AS prints,
        count(DISTINCT article_id) AS articles,
        count(DISTINCT outlet) AS outlets,
        count(DISTINCT story_id) AS stories,
        count(*) FILTER (kind <> 'indirect') AS quoted,
        arg_min(statement_id, print_no) FILTER (is_fullest) AS fullest_id,
        arg_min(statement_id, print_no) FILTER (actor_id IS NOT NULL) AS named_id
    FROM main.utterance_prints
    GROUP BY utterance_id
)

SELECT
    u.first_on, -- day of its first print
    u.last_on, -- day of its last print
    u.first_outlet, -- outlet of its first print
    u.prints, -- statements that tell it; one article may tell it twice
    u.articles, -- articles that tell it
    u.outlets, -- outlets that tell it
    u.stories, -- stories it stands in; versions of one text are one story
    u.quoted, -- prints that quote it, in full or in part; the others tell it in their own words
    c.name AS speaker, -- fullest name of who spoke, by the first print that names somebody
    s.content AS statement, -- the words of the fullest print
    n.actor_id,
    u.utterance_id -- statement_id of its first print
FROM sayings AS u
JOIN main.statements AS s ON s.statement_id = u.fullest_id
LEFT JOIN main.statements AS n ON n.statement_id = u.named_id
LEFT JOIN main.actors AS c ON c.actor_id = n.actor_id AND c.kind <> 'nobody'
