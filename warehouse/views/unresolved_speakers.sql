-- One row is one source, as written, that was not resolved to an actor: candidates for a correction.
SELECT
    source,
    speaker_resolution,
    count(*) AS statements, -- number of statements with this source
    count(DISTINCT article_id) AS articles, -- number of articles with these statements
    min(published_on) AS first_seen_on,
    max(published_on) AS last_seen_on,
    min(statement_id) AS example_statement_id -- one of these statements
FROM main.statements
SEMI JOIN (
    SELECT article_id FROM main.articles WHERE copy_of IS NULL AND is_killed IS NOT TRUE
) USING (article_id)
WHERE actor_id IS NULL AND correction IS DISTINCT FROM 'deleted'
GROUP BY source, speaker_resolution
