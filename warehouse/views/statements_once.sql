-- One row is one statement, once for all versions of a story: of statements with the same words, the one in the earliest version.
WITH printed AS (  -- articles that are not copies, with how often their text was printed
    SELECT a.*, coalesce(c.texts, 0) + 1 AS texts
    FROM main.articles AS a
    LEFT JOIN (
        SELECT copy_of AS article_id, count(*) AS texts
        FROM main.articles
        WHERE copy_of IS NOT NULL AND is_killed IS NOT TRUE
        GROUP BY copy_of
    ) AS c USING (article_id)
    WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
),

versions AS (
    SELECT article_id, story_id, texts, count(*) OVER (PARTITION BY story_id) AS versions FROM printed
),

kept AS (  -- only stories with several versions; a separate query, so that a count reads no unneeded columns
    WITH numbered AS (
        SELECT
            article_id,
            story_id,
            texts,
            count(*) OVER (PARTITION BY story_id) AS versions,
            row_number() OVER (
                PARTITION BY story_id
                ORDER BY
                    published_on NULLS FIRST,
                    coalesce(version_no, 1),
                    coalesce(updated_at, published_at) NULLS FIRST,
                    article_id
            ) AS version
        FROM printed
    ),

    repeated AS MATERIALIZED (
        SELECT
            s.statement_id,
            n.version,
            n.texts,
            hash(n.story_id, coalesce(s.actor_id, s.source)) AS speaker,
            hash(s.content) AS letters
        FROM main.statements AS s
        JOIN numbered AS n USING (article_id)
        WHERE n.versions > 1 AND s.correction IS DISTINCT FROM 'deleted'
    ),

    worded AS MATERIALIZED (  -- the same words may have other quotation marks and line breaks
        SELECT
            r.letters,
            hash(
                translate(
                    lower(s.content),
                    ' .,;:!?''"‘’‚‛“”„‟«»‹›´`-‐‑‒–—―…()[]' || chr(9) || chr(10) || chr(13) || chr(160),
                    ''
                )
            ) AS words
        FROM (SELECT letters, min(statement_id) AS statement_id FROM repeated GROUP BY letters) AS r
        JOIN main.statements AS s USING (statement_id)
    ),

    firsts AS (
        SELECT speaker, words, min(version) AS version, CAST(sum(texts) AS BIGINT) AS copies
        FROM (
            SELECT DISTINCT r.speaker, w.words, r.version, r.texts FROM repeated AS r JOIN worded AS w USING (letters)
        )
        GROUP BY speaker, words
    )

    SELECT statement_id, copies
    FROM repeated
    JOIN worded USING (letters)
    JOIN firsts USING (speaker, words, version)
)

SELECT
    s.*,
    v.story_id,
    coalesce(k.copies, v.texts) AS copies -- number of articles of the story with this statement
FROM main.statements AS s
JOIN versions AS v USING (article_id)
LEFT JOIN kept AS k USING (statement_id)
WHERE (v.versions = 1 OR k.copies IS NOT NULL) AND s.correction IS DISTINCT FROM 'deleted'
