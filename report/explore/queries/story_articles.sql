-- one row per article of the story, including copies, in order of publication
SELECT
    article_id, copy_of, coalesce(outlet, agency) AS outlet, published_on, published_at, updated_at, version_label, headline,
    left(body, 300) AS begins, word_count, is_latest, is_killed, withdrawal, note
FROM main.articles
WHERE story_id = $id
ORDER BY published_on NULLS FIRST, coalesce(version_no, 1), coalesce(updated_at, published_at) NULLS FIRST, article_id
