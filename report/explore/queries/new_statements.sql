-- one row a statement that came with the last version, of those speakers first who are quoted most
WITH voices AS (
    SELECT actor_id, count(*) AS quoted FROM main.statements WHERE actor_id IS NOT NULL GROUP BY actor_id
),

fresh AS (
    SELECT s.*, v.quoted, row_number() OVER (
        PARTITION BY s.actor_id ORDER BY s.confidence DESC, s.statement_id) AS rank_of_speaker
    FROM main.statements AS s
    JOIN voices AS v USING (actor_id)
    JOIN main.actors AS p USING (actor_id)
    WHERE s.run_id = $run AND p.kind <> 'unnamed'
)

SELECT f.statement_id, f.published_on, p.name AS speaker, f.actor_id, f.role, f.cue, f.content AS statement,
    coalesce(a.outlet, a.agency) AS outlet, a.headline, f.article_id, f.seq_no
FROM fresh AS f
JOIN main.articles AS a USING (article_id)
JOIN main.actors AS p USING (actor_id)
WHERE f.rank_of_speaker = 1 AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE
ORDER BY f.quoted DESC, f.statement_id
