-- One row is one wording of a source that was resolved to nobody, in one way of naming: what to look at next.
SELECT
    source,
    speaker_resolution,
    count(*) AS statements, -- attributed to these words
    count(DISTINCT article_id) AS articles, -- articles they stand in
    min(published_on) AS first_seen_on,
    max(published_on) AS last_seen_on,
    min(statement_id) AS example_statement_id -- one of them
FROM main.statements
SEMI JOIN (
    SELECT article_id FROM main.articles WHERE copy_of IS NULL AND is_killed IS NOT TRUE
) USING (article_id)
WHERE actor_id IS NULL AND correction IS DISTINCT FROM 'deleted'
GROUP BY source, speaker_resolution
