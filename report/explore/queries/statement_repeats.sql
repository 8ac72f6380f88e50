-- one row per article with the same words of the same speaker, first print first
SELECT a.published_on, coalesce(a.outlet, a.agency) AS outlet, a.headline, a.article_id, s.statement_id, s.seq_no
FROM main.statements AS one
JOIN main.statements AS s ON s.content = one.content AND s.actor_id IS NOT DISTINCT FROM one.actor_id
JOIN main.articles AS a ON a.article_id = s.article_id
WHERE one.statement_id = $id AND a.is_killed IS NOT TRUE
ORDER BY a.published_on NULLS LAST, a.article_id
