-- One row is one version of a story with several versions, in order: who published it, when, and how it is marked.
SELECT
    story_id,
    row_number() OVER in_order AS version, -- 1, 2, 3... in the order of the versions
    article_id,
    lag(article_id) OVER in_order AS article_before, -- article_id of the previous version
    outlet,
    agency,
    published_on,
    published_at,
    updated_at,
    version_no,
    version_label,
    note,
    headline,
    word_count,
    is_latest,
    is_killed,
    withdrawal,
    path
FROM main.articles
WHERE copy_of IS NULL
WINDOW in_order AS (
    PARTITION BY story_id
    ORDER BY
        published_on NULLS FIRST,
        coalesce(version_no, 1),
        coalesce(regexp_matches(version_label, 'CORRECT|REFILE'), false),
        coalesce(updated_at, published_at) NULLS FIRST,
        article_id
)
QUALIFY count(*) OVER (PARTITION BY story_id) > 1
ORDER BY story_id, version;
