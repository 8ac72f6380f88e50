-- The relations in this folder as tables in memory, built once per version, with numbers for ids and enums for values.
-- A million statements take about 160 MB and are counted in milliseconds. Enums sort like their texts.
CREATE TYPE memory.kept.actor_code AS ENUM (SELECT actor_id FROM main.actors WHERE kind <> 'nobody' ORDER BY actor_id);
CREATE TYPE memory.kept.article_code AS ENUM (SELECT article_id FROM main.articles ORDER BY article_id);
CREATE TYPE memory.kept.outlet_code AS ENUM (
    SELECT DISTINCT coalesce(outlet, agency) AS value FROM main.articles WHERE value IS NOT NULL ORDER BY value
);
CREATE TYPE memory.kept.country_code AS ENUM (
    SELECT DISTINCT country_code FROM main.actors WHERE country_code IS NOT NULL ORDER BY country_code
);
CREATE TYPE memory.kept.role_code AS ENUM (SELECT DISTINCT role FROM main.statements WHERE role IS NOT NULL ORDER BY role);
CREATE TYPE memory.kept.kind_code AS ENUM (SELECT DISTINCT kind FROM main.statements ORDER BY kind);
CREATE TYPE memory.kept.cue_code AS ENUM (
    SELECT DISTINCT cue_class FROM main.statements WHERE cue_class IS NOT NULL ORDER BY cue_class
);
CREATE TYPE memory.kept.naming_code AS ENUM (
    SELECT DISTINCT speaker_resolution FROM main.statements ORDER BY speaker_resolution
);
CREATE TYPE memory.kept.source_code AS ENUM (
    SELECT DISTINCT source_type FROM main.statements WHERE source_type IS NOT NULL ORDER BY source_type
);
CREATE TYPE memory.kept.relation_code AS ENUM ('addressee', 'mentioned');
CREATE TYPE memory.kept.run_code AS ENUM (SELECT DISTINCT run_id FROM main.statements ORDER BY run_id);

CREATE TABLE memory.kept.people AS
SELECT
    actor_id::memory.kept.actor_code AS actor_id, name, kind, country_code::memory.kept.country_code AS country_code,
    strip_accents(lower(name)) AS plain_name
FROM main.actors
WHERE kind <> 'nobody';

CREATE TABLE memory.kept.outlets AS SELECT unnest(enum_range(NULL::memory.kept.outlet_code))::memory.kept.outlet_code AS outlet;

-- Join on 64-bit hashes of the ids: the ids themselves would take four times as much memory.
CREATE TEMP TABLE numbered AS
SELECT s.id_hash, s.place, s.number, t.text_no
FROM (
    SELECT hash(statement_id) AS id_hash, rowid AS place, row_number() OVER (ORDER BY statement_id)::INTEGER AS number
    FROM main.statements
) AS s
LEFT JOIN (SELECT hash(id) AS id_hash, text_no FROM search.statement_texts) AS t ON t.id_hash = s.id_hash;

CREATE TABLE memory.kept.said AS
SELECT
    n.number AS statement_id, n.place, n.text_no, a.rowid AS article_place, s.article_id::memory.kept.article_code AS article_id,
    p.actor_id, f.actor_id AS organization_id, s.role::memory.kept.role_code AS role, s.kind::memory.kept.kind_code AS kind,
    s.cue_class::memory.kept.cue_code AS cue_class, s.speaker_resolution::memory.kept.naming_code AS naming,
    s.source_type::memory.kept.source_code AS source_type, s.published_on,
    coalesce(a.outlet, a.agency)::memory.kept.outlet_code AS outlet, coalesce(p.country_code, f.country_code) AS country,
    s.confidence, s.run_id::memory.kept.run_code AS run_id,
    hash(a.story_id, coalesce(p.actor_id::VARCHAR, s.source), s.content) AS copy_key
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
JOIN numbered AS n ON n.place = s.rowid
LEFT JOIN memory.kept.people AS p ON p.actor_id = s.actor_id
LEFT JOIN memory.kept.people AS f ON f.actor_id = s.organization_id
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted';

CREATE TABLE memory.kept.statement_subjects AS
SELECT n.number AS statement_id, r.actor_id::memory.kept.actor_code AS subject_id, r.relation::memory.kept.relation_code AS relation
FROM main.statement_actors AS r
JOIN main.actors AS t USING (actor_id)
JOIN numbered AS n ON n.id_hash = hash(r.statement_id)
WHERE r.relation IN ('mentioned', 'addressee') AND t.kind <> 'nobody';

CREATE TABLE memory.kept.places AS
SELECT id_hash, place FROM numbered ORDER BY id_hash;

CREATE TABLE memory.kept.spans AS
SELECT hash(article_id) AS id_hash, min(rowid) AS first_place, max(rowid) AS last_place
FROM main.statements
GROUP BY article_id
ORDER BY id_hash;

-- Few statements are replies, but finding them scans all statements, so the result is kept.
CREATE TABLE memory.kept.threads AS
SELECT
    thread_id, place, depth, manner, days_after, actor_id, utterance_id, answers_utterance_id, statement_id
FROM main.reply_threads;

CREATE TEMP TABLE judged AS
SELECT speaker_id, subject_id, published_on, stance, confidence, is_clear, statement_id
FROM main.positions;

CREATE TABLE memory.kept.stances AS
SELECT
    speaker_id::memory.kept.actor_code AS speaker_id, subject_id::memory.kept.actor_code AS subject_id,
    count(*) FILTER (is_clear AND stance = 'for') AS in_favour,
    count(*) FILTER (is_clear AND stance = 'against') AS against,
    count(*) AS utterances, max(published_on) FILTER (is_clear) AS last_on
FROM judged
GROUP BY ALL
HAVING count(*) FILTER (is_clear) > 0;

CREATE TABLE memory.kept.turns AS
SELECT
    speaker_id::memory.kept.actor_code AS speaker_id, subject_id::memory.kept.actor_code AS subject_id,
    stance_before, stance_after, before_on, after_on, statements_before, statements_after, before_id, after_id
FROM main.stance_changes;

DROP TABLE judged;
DROP TABLE numbered
