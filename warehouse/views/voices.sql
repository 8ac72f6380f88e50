-- One row is one speaker with a name in one article: quoted or only paraphrased, and whether the article gives them the last word.
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
    v.outlet, -- who published the article, else the agency that it is from
    p.name AS speaker, -- fullest name of who spoke
    v.statements, -- of this speaker in the article
    v.quoted, -- of these, in quotation marks, in full or in part
    v.quoted = 0 AS is_only_paraphrased, -- whether the article has none of the speaker's own words in quotation marks
    v.first_no = min(v.first_no) OVER article AS has_first_word, -- whether no speaker with a name comes earlier
    v.last_no = max(v.last_no) OVER article AS has_last_word, -- whether no speaker with a name comes later
    count(*) OVER article AS speakers, -- of the article that have a name
    v.gender, -- woman or man, where the article says she or he, Mrs or Mr; else null
    v.actor_id,
    v.article_id,
    v.story_id
FROM spoken AS v
JOIN main.actors AS p ON p.actor_id = v.actor_id AND p.kind <> 'nobody'
WINDOW article AS (PARTITION BY v.article_id)
