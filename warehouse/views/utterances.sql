-- One row is one utterance: what was said, by whom, when it was first printed, and how often and where.
WITH printed AS (
    SELECT
        s.statement_id,
        coalesce(s.utterance_id, s.statement_id) AS utterance_id,
        s.article_id,
        s.actor_id,
        s.kind,
        s.content,
        s.published_on,
        coalesce(a.outlet, a.agency) AS outlet,
        a.story_id
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
),

repeated AS (  -- most utterances are printed once
    SELECT utterance_id FROM printed GROUP BY utterance_id HAVING count(*) > 1
),

sayings AS (
    SELECT
        utterance_id,
        min(published_on) AS first_on,
        max(published_on) AS last_on,
        coalesce(max(outlet) FILTER (statement_id = utterance_id), arg_min(outlet, statement_id)) AS first_outlet,
        count(*) AS prints,
        count(DISTINCT article_id) AS articles,
        count(DISTINCT outlet) AS outlets,
        count(DISTINCT story_id) AS stories,
        count(*) FILTER (kind <> 'indirect') AS quoted,
        coalesce(max(actor_id) FILTER (statement_id = utterance_id), arg_min(actor_id, statement_id)) AS actor_id,
        arg_max(statement_id, CAST(length(content) AS HUGEINT) * 18446744073709551616 - hash(statement_id)) AS fullest_id
    FROM printed
    SEMI JOIN repeated USING (utterance_id)
    GROUP BY utterance_id
),

fullest AS (  -- one row per utterance, from its longest print
    SELECT
        coalesce(u.first_on, p.published_on) AS first_on,
        coalesce(u.last_on, p.published_on) AS last_on,
        if(u.prints IS NULL, p.outlet, u.first_outlet) AS first_outlet,
        coalesce(u.prints, 1) AS prints,
        coalesce(u.articles, 1) AS articles,
        coalesce(u.outlets, if(p.outlet IS NULL, 0, 1)) AS outlets,
        coalesce(u.stories, 1) AS stories,
        coalesce(u.quoted, if(p.kind = 'indirect', 0, 1)) AS quoted,
        p.content,
        if(u.prints IS NULL, p.actor_id, u.actor_id) AS actor_id,
        p.utterance_id
    FROM printed AS p
    LEFT JOIN sayings AS u USING (utterance_id)
    WHERE u.prints IS NULL OR p.statement_id = u.fullest_id
)

SELECT
    u.first_on, -- day of its first print
    u.last_on, -- day of its last print
    u.first_outlet, -- outlet of its first print
    u.prints, -- number of prints; one article may have two
    u.articles, -- number of articles with a print
    u.outlets, -- number of outlets with a print
    u.stories, -- number of stories with a print; versions of one text are one story
    u.quoted, -- number of prints that quote the utterance, in full or in part; the others paraphrase it
    c.name AS speaker, -- fullest name of the speaker, from the first print; if this names no speaker, from another print
    u.content AS statement, -- the words of the fullest print
    c.actor_id,
    u.utterance_id -- statement_id of its first print
FROM fullest AS u
LEFT JOIN main.actors AS c ON c.actor_id = u.actor_id AND c.kind <> 'nobody'
