-- One row is one utterance: what was said, by whom, when it was first printed, and how often and where.
-- Groups have numbers instead of texts and ids: with texts, groups of ten million statements did not fit into 1 GB of memory.
WITH repeated AS MATERIALIZED (  -- most utterances are printed once
    SELECT DISTINCT hash(utterance_id) AS utterance FROM main.statements WHERE utterance_id <> statement_id
),

articles AS MATERIALIZED (
    SELECT article_id, coalesce(outlet, agency) AS outlet, story_id
    FROM main.articles
    WHERE copy_of IS NULL AND is_killed IS NOT TRUE
),

outlets AS MATERIALIZED (
    SELECT outlet, row_number() OVER () AS outlet_no FROM articles WHERE outlet IS NOT NULL GROUP BY outlet
),

speakers AS MATERIALIZED (
    SELECT actor_id, row_number() OVER () AS actor_no FROM main.actors
),

printed AS (
    SELECT
        statement_id,
        hash(coalesce(utterance_id, statement_id)) AS utterance,
        coalesce(utterance_id = statement_id, true) AS is_first,
        article_id,
        actor_id,
        kind <> 'indirect' AS is_quoted,
        published_on,
        -- Of two prints of the same length, the hash decides which one is the fullest.
        CAST(length(content) AS UBIGINT) * 4294967296 + 4294967295 - hash(statement_id) // 4294967296 AS fullness
    FROM main.statements
    WHERE correction IS DISTINCT FROM 'deleted'
        AND hash(coalesce(utterance_id, statement_id)) IN (SELECT utterance FROM repeated)
),

sayings AS (
    SELECT
        min(s.published_on) AS first_on,
        max(s.published_on) AS last_on,
        coalesce(max(o.outlet_no) FILTER (s.is_first), arg_min(o.outlet_no, s.statement_id)) AS outlet_no,
        count(*) AS prints,
        count(DISTINCT hash(s.article_id)) AS articles,
        count(DISTINCT o.outlet_no) AS outlets,
        count(DISTINCT hash(a.story_id)) AS stories,
        count(*) FILTER (s.is_quoted) AS quoted,
        coalesce(max(p.actor_no) FILTER (s.is_first), arg_min(p.actor_no, s.statement_id)) AS actor_no,
        arg_max(hash(s.statement_id), s.fullness) AS fullest
    FROM printed AS s
    JOIN articles AS a USING (article_id)
    LEFT JOIN outlets AS o USING (outlet)
    LEFT JOIN speakers AS p ON p.actor_id = s.actor_id
    GROUP BY s.utterance
),

found AS (  -- with the words of the longest print; publishing stores these rows, see warehouse/query/kept_prints.py
    SELECT
        u.* EXCLUDE (fullest, actor_no, outlet_no),
        o.outlet AS first_outlet,
        p.actor_id,
        coalesce(s.utterance_id, s.statement_id) AS utterance_id,
        s.content
    FROM sayings AS u
    JOIN main.statements AS s ON hash(s.statement_id) = u.fullest
    LEFT JOIN outlets AS o USING (outlet_no)
    LEFT JOIN speakers AS p USING (actor_no)
),

said AS (  -- one row per utterance
    FROM found
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
            AND hash(coalesce(utterance_id, statement_id)) NOT IN (SELECT utterance FROM repeated)
    ) AS s
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
FROM said AS u
LEFT JOIN main.actors AS c ON c.actor_id = u.actor_id AND c.kind <> 'nobody'
