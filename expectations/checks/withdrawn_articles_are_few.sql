-- stop on articles: A folder that is not mounted looks like one all of whose files were deleted.
-- expected: of all published articles at most $max_share are withdrawn for good, from $min_articles on
-- trips: A folder that is not mounted, with `--prune`; a feed that comes back empty.
-- $max_share = 0.5: whoever means to empty a warehouse can raise this, or delete the file
-- $min_articles = 10: less may be a clean-up
WITH gone AS (
    SELECT count(*) AS withdrawn FROM staging.withdrawn ANTI JOIN staging.articles USING (article_id)
),

remaining AS (
    SELECT count(*) AS remaining FROM main.articles ANTI JOIN staging.withdrawn USING (article_id)
)

SELECT withdrawn, remaining, format('{} of {} articles', withdrawn, withdrawn + remaining) AS observed
FROM gone, remaining
WHERE withdrawn >= $min_articles AND withdrawn > $max_share * (withdrawn + remaining)
