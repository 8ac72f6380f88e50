-- One row is one pair of speakers with statements in the same articles: an edge of their network.
WITH speakers AS MATERIALIZED (  -- numbers take less memory than ids; they are in the order of the ids
    SELECT actor_id, name, row_number() OVER (ORDER BY actor_id) AS speaker_no
    FROM main.actors
    WHERE kind <> 'nobody'
),

present AS (
    SELECT DISTINCT hash(s.article_id) AS article, p.speaker_no, s.published_on
    FROM main.statements AS s
    JOIN speakers AS p USING (actor_id)
    WHERE s.correction IS DISTINCT FROM 'deleted' AND s.article_id NOT IN (
        SELECT article_id FROM main.articles WHERE copy_of IS NOT NULL OR is_killed
    )
),

pairs AS (
    SELECT
        a.speaker_no,
        b.speaker_no AS other_no,
        count(*) AS articles,
        min(a.published_on) AS first_seen_on,
        max(a.published_on) AS last_seen_on
    FROM present AS a
    JOIN present AS b ON b.article = a.article AND b.speaker_no > a.speaker_no
    GROUP BY a.speaker_no, b.speaker_no
)

SELECT
    p.name AS speaker, -- name of the first speaker
    o.name AS other, -- name of the second speaker
    e.articles, -- number of articles with statements by both speakers
    e.first_seen_on,
    e.last_seen_on,
    p.actor_id, -- actor_id of the first speaker
    o.actor_id AS other_id -- actor_id of the second speaker
FROM pairs AS e
JOIN speakers AS p USING (speaker_no)
JOIN speakers AS o ON o.speaker_no = e.other_no
