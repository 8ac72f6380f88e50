-- One row is one statement, once for all versions of a story: of copies with the same words, that of the earliest version.
WITH versions AS (
    SELECT
        article_id,
        story_id,
        row_number() OVER (
            PARTITION BY story_id
            ORDER BY
                published_on NULLS FIRST,
                coalesce(version_no, 1),
                coalesce(updated_at, published_at) NULLS FIRST,
                article_id
        ) AS version
    FROM main.articles
),

worded AS (
    SELECT
        s.*,
        v.story_id,
        v.version,
        trim(regexp_replace(lower(s.content), '[^\pL\pN]+', ' ', 'g')) AS words
    FROM main.statements AS s
    JOIN versions AS v USING (article_id)
)

SELECT
    * EXCLUDE (version, words),
    count(DISTINCT article_id) OVER same_words AS copies -- articles of the story that have it
FROM worded
WINDOW same_words AS (PARTITION BY story_id, words, coalesce(actor_id, source))
QUALIFY row_number() OVER (same_words ORDER BY version, seq_no) = 1;
