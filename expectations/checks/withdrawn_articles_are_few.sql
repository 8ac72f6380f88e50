-- stop on articles: More than half of all articles are rarely withdrawn on purpose: if a folder is not mounted, its files seem to be deleted.
-- expected: at most $max_share of all published articles are withdrawn and not loaded again (if at least $min_articles are)
-- trips: A run with `--prune` on a folder that is not mounted; a feed that is suddenly empty.
-- $max_share = 0.5: to empty a warehouse, raise this, or delete the file
-- $min_articles = 10: fewer may be a clean-up
WITH gone AS (
    SELECT count(*) AS withdrawn FROM staging.withdrawn ANTI JOIN staging.articles USING (article_id)
),

remaining AS (
    SELECT count(*) AS remaining FROM main.articles ANTI JOIN staging.withdrawn USING (article_id)
)

SELECT withdrawn, remaining, format('{} of {} articles', withdrawn, withdrawn + remaining) AS observed
FROM gone, remaining
WHERE withdrawn >= $min_articles AND withdrawn > $max_share * (withdrawn + remaining)
