-- One row is one of the 1,000 statements that match best (by BM25) and contain all the words, with any ending; killed stories and copies are left out: search_statements('5G auction', best := 1000).
CREATE OR REPLACE MACRO main.search_statements(words, best := 1000) AS TABLE
WITH wanted AS (
    SELECT DISTINCT unnest(regexp_extract_all(lower(words), '[\p{L}\p{M}\p{N}]+')) AS word
),

indexed AS MATERIALIZED (
    SELECT word, stem_no FROM search.words WHERE word IN (SELECT word FROM wanted)
),

-- A word that is in no text is looked up by a stem plus an ending: 'auctioning' as 'auction' + 'ing', 'cafe' as 'café'.
inflected AS (
    SELECT a.word, max_by(w.stem_no, length(w.stem)) AS stem_no
    FROM wanted AS a
    ANTI JOIN indexed AS k USING (word)
    JOIN search.words AS w ON starts_with(strip_accents(a.word), w.stem)
        AND substring(strip_accents(a.word), length(w.stem) + 1) IN ('', 's', 'es', 'd', 'ed', 'ing', 'ly', 'e', 'er', 'ers')
    WHERE w.stem_no IS NOT NULL
    GROUP BY a.word
),

stems AS MATERIALIZED (
    SELECT DISTINCT coalesce(w.stem_no, i.stem_no, -1) AS stem_no
    FROM wanted AS a
    LEFT JOIN indexed AS w USING (word)
    LEFT JOIN inflected AS i USING (word)
    WHERE w.word IS NULL OR w.stem_no IS NOT NULL
),

hits AS MATERIALIZED (
    SELECT stem_no, text_no, times, size FROM search.statement_words WHERE stem_no IN (SELECT stem_no FROM stems)
),

whole AS (
    SELECT count(*) AS texts, avg(size) AS size FROM search.statement_texts
),

weights AS (
    SELECT stem_no, ln(1 + ((SELECT texts FROM whole) - count(*) + 0.5) / (count(*) + 0.5)) AS weight
    FROM hits
    GROUP BY stem_no
),

hidden_articles AS MATERIALIZED (  -- killed stories, and copies of other articles
    SELECT article_id FROM main.articles WHERE copy_of IS NOT NULL OR is_killed
),

hidden AS MATERIALIZED (  -- their statements, and statements deleted by a correction; with OR, DuckDB would always read all ids
    SELECT text_no
    FROM search.statement_texts
    WHERE id IN (
        SELECT statement_id FROM main.statements WHERE article_id IN (FROM hidden_articles)
        UNION ALL
        SELECT statement_id FROM main.statements WHERE correction = 'deleted'
    )
),

rarest AS (  -- only texts with the rarest word can have all the words
    SELECT text_no
    FROM hits
    WHERE stem_no = (SELECT arg_max(stem_no, weight) FROM weights) AND text_no NOT IN (SELECT text_no FROM hidden)
),

found AS (
    SELECT
        h.text_no,
        CAST(sum(CAST(  -- DECIMAL: a sum of DOUBLE depends on the order of the rows, and so would the order of equal hits
            g.weight * h.times * 2.2 / (h.times + 1.2 * (0.25 + 0.75 * h.size / (SELECT size FROM whole)))
            AS DECIMAL(18, 12)
        )) AS DOUBLE) AS score
    FROM hits AS h
    JOIN weights AS g ON g.stem_no = h.stem_no
    SEMI JOIN rarest AS r ON r.text_no = h.text_no
    GROUP BY h.text_no
    HAVING count(*) = (SELECT count(*) FROM stems)
    ORDER BY score DESC, h.text_no
    LIMIT best
),

places AS MATERIALIZED (  -- by rowid, DuckDB reads only the blocks of ids that it needs
    SELECT t.rowid AS place, f.score FROM found AS f JOIN search.statement_texts AS t ON t.text_no = f.text_no
)

SELECT t.id AS statement_id, round(p.score, 3) AS score FROM places AS p JOIN search.statement_texts AS t ON t.rowid = p.place
