-- one row per statement of the story, merged over its versions: who printed it first, and how many versions have it
SELECT
    arg_min(coalesce(a.outlet, a.agency), (a.published_on, a.article_id)) AS first_outlet,
    min(a.published_on) AS first_on,
    count(DISTINCT a.article_id) AS articles,
    count(DISTINCT coalesce(a.outlet, a.agency)) AS outlets,
    any_value(p.name) AS speaker,
    any_value(p.actor_id) AS actor_id,
    any_value(s.source) AS source,
    min(s.content) AS statement,
    list_sort(list(DISTINCT s.article_id)) AS in_articles,
    arg_min(s.statement_id, (a.published_on, a.article_id)) AS statement_id
FROM main.articles AS a
JOIN main.statements AS s USING (article_id)
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id
WHERE a.story_id = $id
GROUP BY coalesce(s.actor_id, s.source), lower(regexp_replace(s.content, '[^\pL\pN]+', ' ', 'g'))
ORDER BY first_on NULLS FIRST, min((a.published_on, a.article_id, s.seq_no))
