-- One row is one print of one utterance: a statement that reports the utterance, and its place among all statements that report it.
WITH printed AS (
    SELECT
        s.statement_id,
        coalesce(s.utterance_id, s.statement_id) AS utterance_id,
        s.article_id,
        s.actor_id,
        s.seq_no,
        s.kind,
        s.content,
        length(s.content) AS letters,
        s.published_on,
        coalesce(a.outlet, a.agency) AS outlet,
        a.story_id
    FROM main.statements AS s
    JOIN main.articles AS a USING (article_id)
    WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
),

repeated AS (  -- most utterances are printed once, and need no window functions
    SELECT utterance_id FROM printed GROUP BY utterance_id HAVING count(*) > 1
),

numbered AS (
    SELECT
        statement_id,
        row_number() OVER in_order AS print_no,
        count(*) OVER (PARTITION BY utterance_id) AS prints,
        published_on - min(published_on) OVER (PARTITION BY utterance_id) AS days_after_first,
        row_number() OVER (PARTITION BY utterance_id ORDER BY letters DESC, hash(statement_id)) = 1 AS is_fullest
    FROM printed
    SEMI JOIN repeated USING (utterance_id)
    WINDOW in_order AS (PARTITION BY utterance_id ORDER BY published_on NULLS LAST, article_id, seq_no)
)

SELECT
    p.utterance_id, -- the utterance: statement_id of its first print
    coalesce(n.print_no, 1) AS print_no, -- 1, 2, 3... in the order of the days
    coalesce(n.prints, 1) AS prints, -- number of prints of the utterance
    p.published_on,
    if(n.print_no IS NULL AND p.published_on IS NOT NULL, 0, n.days_after_first)
        AS days_after_first, -- days since the first print
    p.outlet, -- outlet that published the article; if unknown, its news agency
    c.name AS speaker, -- fullest name of the speaker according to this print; null if no actor was found
    p.kind,
    p.content AS statement, -- what was said, in the words of this print
    coalesce(n.is_fullest, true) AS is_fullest, -- whether this is the longest print
    p.story_id,
    p.article_id,
    p.statement_id,
    c.actor_id
FROM printed AS p
LEFT JOIN numbered AS n USING (statement_id)
LEFT JOIN main.actors AS c ON c.actor_id = p.actor_id AND c.kind <> 'nobody'
