-- one row per story that several articles report, newest first
SELECT
    story_id, count(*) AS articles, count(DISTINCT coalesce(outlet, agency)) AS outlets, min(published_on) AS first_on,
    max(published_on) AS last_on, arg_min(headline, (published_on, article_id)) FILTER (headline IS NOT NULL) AS headline
FROM main.articles
WHERE is_killed IS NOT TRUE
GROUP BY story_id
HAVING count(*) > 1
ORDER BY last_on DESC NULLS LAST, articles DESC, story_id
