-- One row is one named speaker in one article: whether they are quoted or only paraphrased, and whether they have the first or last word.
WITH spoken AS (
    SELECT
        published_on,
        outlet,
        article_id,
        story_id,
        actor_id,
        any_value(gender) AS gender,
        count(*) AS statements,
        count(*) FILTER (is_quoted) AS quoted,
        min(seq_no) AS first_no,
        max(seq_no) AS last_no
    FROM main.source_kinds
    WHERE source_kind = 'named'
    GROUP BY ALL
)

SELECT
    v.published_on,
    v.outlet, -- outlet that published the article; if unknown, its news agency
    p.name AS speaker, -- fullest name of the speaker
    v.statements, -- number of the speaker's statements in the article
    v.quoted, -- number of these statements in quotation marks, in full or in part
    v.quoted = 0 AS is_only_paraphrased, -- whether none of the speaker's words are in quotation marks
    v.first_no = min(v.first_no) OVER article AS has_first_word, -- whether no other named speaker comes earlier
    v.last_no = max(v.last_no) OVER article AS has_last_word, -- whether no other named speaker comes later
    count(*) OVER article AS speakers, -- number of named speakers in the article
    v.gender, -- woman: the article calls the speaker she or Mrs; man: he or Mr; else null
    v.actor_id,
    v.article_id,
    v.story_id
FROM spoken AS v
JOIN main.actors AS p ON p.actor_id = v.actor_id AND p.kind <> 'nobody'
WINDOW article AS (  -- the other columns are equal within an article; a filter on a column listed here is applied before grouping
    PARTITION BY v.article_id, v.published_on, v.outlet, v.story_id
)
