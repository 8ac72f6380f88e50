-- Removes the articles in the temporary table `unstaged` (one row per article) and all their rows from staging.
-- Profiles and their names, which several articles share, are counted again from the remaining mentions.

CREATE TEMP TABLE touched AS
    SELECT profile_id FROM staging.mentions SEMI JOIN unstaged USING (article_id)
    UNION SELECT profile_id FROM staging.profiles WHERE evidence_article_id IN (FROM unstaged);

DELETE FROM staging.statement_actors WHERE statement_id IN (
    SELECT statement_id FROM staging.statements SEMI JOIN unstaged USING (article_id)
);
DELETE FROM staging.statements WHERE article_id IN (FROM unstaged);
DELETE FROM staging.mentions WHERE article_id IN (FROM unstaged);

CREATE TEMP TABLE counted AS
    SELECT
        profile_id,
        min(published_on) AS first_on,
        max(published_on) AS last_on,
        count(DISTINCT article_id) AS articles,
        min(article_id) AS evidence
    FROM staging.mentions JOIN staging.articles USING (article_id) SEMI JOIN touched USING (profile_id)
    GROUP BY profile_id;
DELETE FROM staging.profiles WHERE profile_id IN (FROM touched) AND profile_id NOT IN (SELECT profile_id FROM counted);
UPDATE staging.profiles AS p
SET first_seen_on = c.first_on, last_seen_on = c.last_on, article_count = c.articles, evidence_article_id = c.evidence
FROM counted AS c WHERE p.profile_id = c.profile_id;

CREATE TEMP TABLE counted_names AS
    SELECT
        profile_id,
        regexp_replace(text, '\s+', ' ', 'g') AS alias,
        min(published_on) AS first_on,
        max(published_on) AS last_on,
        count(*) AS mentions
    FROM staging.mentions JOIN staging.articles USING (article_id) SEMI JOIN touched USING (profile_id)
    WHERE mention_kind = 'name'
    GROUP BY ALL;
DELETE FROM staging.profile_names AS n
WHERE profile_id IN (FROM touched)
    AND NOT EXISTS (FROM counted_names AS c WHERE c.profile_id = n.profile_id AND c.alias = n.alias);
UPDATE staging.profile_names AS n
SET first_seen_on = c.first_on, last_seen_on = c.last_on, mention_count = c.mentions
FROM counted_names AS c WHERE n.profile_id = c.profile_id AND n.alias = c.alias;

DELETE FROM staging.statement_sketches WHERE article_id IN (FROM unstaged);
DELETE FROM staging.sketches WHERE article_id IN (FROM unstaged);
DELETE FROM staging.contents WHERE article_id IN (FROM unstaged);
DELETE FROM staging.articles WHERE article_id IN (FROM unstaged);
-- The published version of an unstaged article stays.
DELETE FROM staging.withdrawn WHERE article_id IN (FROM unstaged);

DROP TABLE counted;
DROP TABLE counted_names;
DROP TABLE touched;
DROP TABLE unstaged;
