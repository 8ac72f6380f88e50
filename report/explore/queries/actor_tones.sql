-- one row a class of cue: what the words that attribute make of what the actor says
SELECT s.cue_class, count(*) AS statements
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
WHERE s.actor_id = $id AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY s.cue_class
ORDER BY statements DESC, s.cue_class
