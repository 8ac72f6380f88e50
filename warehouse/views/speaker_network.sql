-- One row is one pair of speakers with statements in the same articles: an edge of their network.
WITH present AS (
    SELECT DISTINCT article_id, s.actor_id, s.published_on
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    WHERE s.actor_id IS NOT NULL AND a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
),

pairs AS (
    SELECT
        a.actor_id AS actor_id,
        b.actor_id AS other_id,
        count(*) AS articles,
        min(a.published_on) AS first_seen_on,
        max(a.published_on) AS last_seen_on
    FROM present AS a
    JOIN present AS b ON b.article_id = a.article_id AND b.actor_id > a.actor_id
    GROUP BY a.actor_id, b.actor_id
)

SELECT
    p.name AS speaker, -- name of the first speaker
    o.name AS other, -- name of the second speaker
    e.articles, -- number of articles with statements by both speakers
    e.first_seen_on,
    e.last_seen_on,
    e.actor_id, -- actor_id of the first speaker
    e.other_id -- actor_id of the second speaker
FROM pairs AS e
JOIN main.actors AS p ON p.actor_id = e.actor_id
JOIN main.actors AS o ON o.actor_id = e.other_id
WHERE p.kind <> 'nobody' AND o.kind <> 'nobody'
