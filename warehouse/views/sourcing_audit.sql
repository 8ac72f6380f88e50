-- One row is one article: how many statements it attributes, to how many speakers, and how many to unnamed sources.
WITH attributions AS (
    SELECT
        article_id,
        count(*) AS statements,
        count(*) FILTER (WHERE kind = 'direct') AS direct,
        count(*) FILTER (WHERE kind = 'indirect') AS indirect,
        count(*) FILTER (WHERE kind = 'mixed') AS mixed,
        count(*) FILTER (WHERE actor_id IS NOT NULL) AS with_speaker,
        count(*) FILTER (WHERE source_type = 'anonymous person') AS unnamed,
        count(*) FILTER (WHERE speaker_resolution = 'none') AS without_source,
        count(DISTINCT actor_id) AS speakers
    FROM main.statements
    WHERE correction IS DISTINCT FROM 'deleted'
    GROUP BY article_id
)

SELECT
    a.published_on,
    a.outlet,
    a.headline,
    a.word_count,
    coalesce(t.statements, 0) AS statements, -- statements in the article
    coalesce(t.direct, 0) AS direct, -- statements in quotation marks
    coalesce(t.indirect, 0) AS indirect, -- statements in the words of the article
    coalesce(t.mixed, 0) AS mixed, -- statements with some words in quotation marks
    coalesce(t.speakers, 0) AS speakers, -- number of different speakers
    coalesce(t.with_speaker, 0) AS with_speaker, -- statements with a resolved speaker
    coalesce(t.unnamed, 0) AS unnamed, -- statements by persons whom the article never names: source_type 'anonymous person'
    coalesce(t.without_source, 0) AS without_source, -- statements without a source
    round(t.unnamed / t.statements, 3) AS unnamed_share, -- unnamed divided by statements, from 0 to 1
    a.article_id
FROM main.articles AS a
LEFT JOIN attributions AS t USING (article_id)
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
