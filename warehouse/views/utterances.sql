-- One row is one utterance: what was said, by whom, when it was first printed, and how often and where.
WITH repeated AS MATERIALIZED (  -- most utterances are printed once
    SELECT DISTINCT utterance_id FROM main.statements WHERE utterance_id <> statement_id
),

articles AS MATERIALIZED (
    SELECT article_id, coalesce(outlet, agency) AS outlet, story_id
    FROM main.articles
    WHERE copy_of IS NULL AND is_killed IS NOT TRUE
),

sayings AS (
    SELECT
        min(s.published_on) AS first_on,
        max(s.published_on) AS last_on,
        coalesce(max(a.outlet) FILTER (s.statement_id = s.utterance_id), arg_min(a.outlet, s.statement_id)) AS first_outlet,
        count(*) AS prints,
        count(DISTINCT s.article_id) AS articles,
        count(DISTINCT a.outlet) AS outlets,
        count(DISTINCT a.story_id) AS stories,
        count(*) FILTER (s.kind <> 'indirect') AS quoted,
        coalesce(max(s.actor_id) FILTER (s.statement_id = s.utterance_id), arg_min(s.actor_id, s.statement_id)) AS actor_id,
        s.utterance_id,
        arg_max(s.statement_id, CAST(length(s.content) AS HUGEINT) * 18446744073709551616 - hash(s.statement_id)) AS fullest_id
    FROM (
        SELECT
            statement_id, coalesce(utterance_id, statement_id) AS utterance_id, article_id, actor_id, kind, content,
            published_on
        FROM main.statements
        WHERE correction IS DISTINCT FROM 'deleted'
            AND coalesce(utterance_id, statement_id) IN (SELECT utterance_id FROM repeated)
    ) AS s
    JOIN articles AS a USING (article_id)
    GROUP BY s.utterance_id
),

fullest AS (  -- one row per utterance, with the words of its longest print
    SELECT u.* EXCLUDE (fullest_id), s.content
    FROM sayings AS u
    JOIN main.statements AS s ON s.statement_id = u.fullest_id
    UNION ALL BY NAME
    SELECT
        s.published_on AS first_on,
        s.published_on AS last_on,
        a.outlet AS first_outlet,
        1 AS prints,
        1 AS articles,
        if(a.outlet IS NULL, 0, 1) AS outlets,
        1 AS stories,
        if(s.kind = 'indirect', 0, 1) AS quoted,
        s.actor_id,
        s.utterance_id,
        s.content
    FROM (
        SELECT
            coalesce(utterance_id, statement_id) AS utterance_id, article_id, actor_id, kind, content, published_on
        FROM main.statements
        WHERE correction IS DISTINCT FROM 'deleted'
    ) AS s
    ANTI JOIN repeated USING (utterance_id)
    JOIN articles AS a USING (article_id)
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
