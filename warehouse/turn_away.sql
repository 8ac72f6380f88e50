-- Takes the articles of the temporary table `turned_away` (one article a row) out of staging, with all that rests on
-- them alone. Actors, aliases and affiliations that other staged articles share stay: counts go down by what the
-- turned away articles gave them, days are drawn in to those of the articles that remain.

CREATE TEMP TABLE touched AS
    SELECT actor_id FROM staging.mentions SEMI JOIN turned_away USING (article_id)
    UNION SELECT actor_id FROM staging.statements SEMI JOIN turned_away USING (article_id)
    UNION SELECT organization_id FROM staging.statements SEMI JOIN turned_away USING (article_id)
    UNION SELECT organization_id FROM staging.affiliations
        WHERE evidence_article_id IN (SELECT article_id FROM turned_away)
    UNION SELECT r.actor_id FROM staging.statement_actors AS r
        JOIN staging.statements USING (statement_id) SEMI JOIN turned_away USING (article_id);

UPDATE staging.actor_aliases AS a SET mention_count = a.mention_count - gone.mention_count
FROM (
    SELECT actor_id, regexp_replace(text, '\s+', ' ', 'g') AS alias, count(*) AS mention_count
    FROM staging.mentions SEMI JOIN turned_away USING (article_id)
    WHERE mention_kind = 'name'
    GROUP BY ALL
) AS gone
WHERE a.actor_id = gone.actor_id AND a.alias = gone.alias;

DELETE FROM staging.statement_actors WHERE statement_id IN (
    SELECT statement_id FROM staging.statements SEMI JOIN turned_away USING (article_id)
);
DELETE FROM staging.statements WHERE article_id IN (SELECT article_id FROM turned_away);
DELETE FROM staging.mentions WHERE article_id IN (SELECT article_id FROM turned_away);

-- Profiles and their names are counted anew from the mentions that remain.
CREATE TEMP TABLE counted AS
    SELECT
        profile_id,
        min(published_on) AS first_on,
        max(published_on) AS last_on,
        count(DISTINCT article_id) AS articles,
        min(article_id) AS evidence
    FROM staging.mentions JOIN staging.articles USING (article_id)
    GROUP BY profile_id;
CREATE TEMP TABLE counted_names AS
    SELECT
        profile_id,
        regexp_replace(text, '\s+', ' ', 'g') AS alias,
        min(published_on) AS first_on,
        max(published_on) AS last_on,
        count(*) AS mentions
    FROM staging.mentions JOIN staging.articles USING (article_id)
    WHERE mention_kind = 'name'
    GROUP BY ALL;
DELETE FROM staging.profiles WHERE profile_id NOT IN (SELECT profile_id FROM counted);
DELETE FROM staging.profile_names AS n
WHERE NOT EXISTS (FROM counted_names AS c WHERE c.profile_id = n.profile_id AND c.alias = n.alias);
UPDATE staging.profiles AS p
SET first_seen_on = c.first_on, last_seen_on = c.last_on, article_count = c.articles, evidence_article_id = c.evidence
FROM counted AS c WHERE p.profile_id = c.profile_id;
UPDATE staging.profile_names AS n
SET first_seen_on = c.first_on, last_seen_on = c.last_on, mention_count = c.mentions
FROM counted_names AS c WHERE n.profile_id = c.profile_id AND n.alias = c.alias;
DROP TABLE counted;
DROP TABLE counted_names;


DELETE FROM staging.sketches WHERE article_id IN (SELECT article_id FROM turned_away);
DELETE FROM staging.contents WHERE article_id IN (SELECT article_id FROM turned_away);
DELETE FROM staging.articles WHERE article_id IN (SELECT article_id FROM turned_away);
DELETE FROM staging.actor_aliases WHERE mention_count < 1;

-- What the remaining articles say of the touched actors: the days, and a first article to stand as evidence.
CREATE TEMP TABLE remaining AS
    WITH sightings AS (
        SELECT actor_id, article_id FROM staging.mentions
        UNION SELECT actor_id, article_id FROM staging.statements
        UNION SELECT r.actor_id, s.article_id FROM staging.statement_actors AS r
            JOIN staging.statements AS s USING (statement_id)
    )
    SELECT
        actor_id,
        min(article_id) AS article_id,
        min(published_on) AS first_on,
        max(published_on) AS last_on
    FROM sightings JOIN staging.articles USING (article_id) SEMI JOIN touched USING (actor_id)
    GROUP BY actor_id;

DELETE FROM staging.affiliations
WHERE evidence_article_id IN (SELECT article_id FROM turned_away)
    AND (article_count = 1 OR actor_id NOT IN (SELECT actor_id FROM remaining));
UPDATE staging.affiliations AS a
SET evidence_article_id = r.article_id, article_count = a.article_count - 1
FROM remaining AS r
WHERE a.actor_id = r.actor_id AND a.evidence_article_id IN (SELECT article_id FROM turned_away);

UPDATE staging.affiliations AS t
SET first_seen_on = greatest(t.first_seen_on, r.first_on), last_seen_on = least(t.last_seen_on, r.last_on)
FROM remaining AS r WHERE t.actor_id = r.actor_id;
UPDATE staging.actors AS t
SET first_seen_on = greatest(t.first_seen_on, r.first_on), last_seen_on = least(t.last_seen_on, r.last_on)
FROM remaining AS r WHERE t.actor_id = r.actor_id;
UPDATE staging.actor_aliases AS t
SET first_seen_on = greatest(t.first_seen_on, r.first_on), last_seen_on = least(t.last_seen_on, r.last_on)
FROM remaining AS r WHERE t.actor_id = r.actor_id;

CREATE TEMP TABLE unused AS
    SELECT actor_id FROM touched WHERE actor_id IS NOT NULL
    EXCEPT SELECT actor_id FROM remaining
    EXCEPT SELECT actor_id FROM staging.affiliations
    EXCEPT SELECT organization_id FROM staging.affiliations
    EXCEPT SELECT organization_id FROM staging.statements
    EXCEPT SELECT parent_id FROM staging.organizations;
DELETE FROM staging.actors WHERE actor_id IN (SELECT actor_id FROM unused);
DELETE FROM staging.actor_aliases WHERE actor_id IN (SELECT actor_id FROM unused);
DELETE FROM staging.organizations WHERE organization_id IN (SELECT actor_id FROM unused);

DROP TABLE unused;
DROP TABLE remaining;
DROP TABLE touched;
DROP TABLE turned_away;
