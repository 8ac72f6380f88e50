-- Counts over the whole warehouse, maintained by warehouse/query/figures.py. The report reads them instead of all rows.
CREATE SCHEMA IF NOT EXISTS figures;

CREATE TABLE IF NOT EXISTS figures.counts (figure VARCHAR NOT NULL, one VARCHAR, other VARCHAR, day DATE, statements BIGINT NOT NULL);
COMMENT ON TABLE figures.counts IS 'one row per group of statements, without killed stories, copies and statements deleted by a correction';
COMMENT ON COLUMN figures.counts.figure IS 'what the statements are grouped by: naming, day, source, outlet_day, speaker, unresolved, subject or subject_speaker';
COMMENT ON COLUMN figures.counts.one IS 'the way of naming, kind, outlet, actor or words of the source of the group, depending on figure';
COMMENT ON COLUMN figures.counts.other IS 'the second key of the group: kind, type of the source, way of naming, or speaker';
COMMENT ON COLUMN figures.counts.day IS 'day of the group, for figures by day';
COMMENT ON COLUMN figures.counts.statements IS 'number of statements in the group';

CREATE TABLE IF NOT EXISTS figures.leaders (
    figure VARCHAR NOT NULL, one VARCHAR NOT NULL, other VARCHAR, articles BIGINT NOT NULL,
    last STRUCT(day DATE, role VARCHAR, statement_id VARCHAR, article_id VARCHAR), version_no BIGINT NOT NULL
);
COMMENT ON TABLE figures.leaders IS 'one row per speaker or unresolved source that the report lists';
COMMENT ON COLUMN figures.leaders.figure IS 'speaker or unresolved, as in figures.counts';
COMMENT ON COLUMN figures.leaders.one IS 'the speaker, or the words of the source';
COMMENT ON COLUMN figures.leaders.other IS 'why the source is not resolved';
COMMENT ON COLUMN figures.leaders.articles IS 'number of articles with such statements';
COMMENT ON COLUMN figures.leaders.last IS 'the newest role of the speaker, or the newest statement with the source, and its day';
COMMENT ON COLUMN figures.leaders.version_no IS 'version that the row belongs to';

CREATE TABLE IF NOT EXISTS figures.state (version_no BIGINT NOT NULL);
COMMENT ON TABLE figures.state IS 'a single row: the version that the counts belong to';
COMMENT ON COLUMN figures.state.version_no IS 'version that the counts belong to';

CREATE TABLE IF NOT EXISTS figures.replies (
    statement_id VARCHAR NOT NULL, answers_id VARCHAR NOT NULL, article_id VARCHAR NOT NULL, published_on DATE,
    manner VARCHAR NOT NULL, confidence DECIMAL(3, 2) NOT NULL, cue VARCHAR, content VARCHAR, actor_id VARCHAR, utterance_id VARCHAR,
    answers_on DATE, answers_cue VARCHAR, answers_class VARCHAR, answers_content VARCHAR, answers_actor_id VARCHAR,
    answers_utterance_id VARCHAR, first_on DATE
);
COMMENT ON TABLE figures.replies IS 'one row per reply, also in killed stories and copies; the view replies reads it';
COMMENT ON COLUMN figures.replies.statement_id IS 'statement that answers';
COMMENT ON COLUMN figures.replies.answers_id IS 'statement that is answered';
COMMENT ON COLUMN figures.replies.article_id IS 'article of the reply';
COMMENT ON COLUMN figures.replies.published_on IS 'day of the article';
COMMENT ON COLUMN figures.replies.manner IS 'how the statement answers: denies, responds or answers';
COMMENT ON COLUMN figures.replies.confidence IS 'estimated probability that the row is right';
COMMENT ON COLUMN figures.replies.cue IS 'cue of the reply';
COMMENT ON COLUMN figures.replies.content IS 'words of the reply';
COMMENT ON COLUMN figures.replies.actor_id IS 'speaker of the reply';
COMMENT ON COLUMN figures.replies.utterance_id IS 'utterance of the reply, if several articles print it';
COMMENT ON COLUMN figures.replies.answers_on IS 'day of the article of the answered statement';
COMMENT ON COLUMN figures.replies.answers_cue IS 'cue of the answered statement';
COMMENT ON COLUMN figures.replies.answers_class IS 'class of that cue';
COMMENT ON COLUMN figures.replies.answers_content IS 'words of the answered statement';
COMMENT ON COLUMN figures.replies.answers_actor_id IS 'speaker of the answered statement';
COMMENT ON COLUMN figures.replies.answers_utterance_id IS 'utterance of the answered statement';
COMMENT ON COLUMN figures.replies.first_on IS 'day of the first print of the answered statement; null if the answered statement is itself the first print';

CREATE TABLE IF NOT EXISTS figures.stances (
    statement_id VARCHAR NOT NULL, article_id VARCHAR NOT NULL, speaker_id VARCHAR NOT NULL, subject_id VARCHAR NOT NULL,
    utterance_id VARCHAR NOT NULL, published_on DATE, stance VARCHAR NOT NULL, confidence FLOAT, cue VARCHAR, content VARCHAR,
    position_no UBIGINT NOT NULL
);
COMMENT ON TABLE figures.stances IS 'one row per stance of a speaker in a statement, also in killed stories and copies; the view positions reads it';
COMMENT ON COLUMN figures.stances.statement_id IS 'statement with the stance';
COMMENT ON COLUMN figures.stances.article_id IS 'article of the statement';
COMMENT ON COLUMN figures.stances.speaker_id IS 'actor_id of the speaker';
COMMENT ON COLUMN figures.stances.subject_id IS 'actor_id of the actor towards whom the stance is';
COMMENT ON COLUMN figures.stances.utterance_id IS 'utterance: statement_id of its first print';
COMMENT ON COLUMN figures.stances.published_on IS 'day of the article';
COMMENT ON COLUMN figures.stances.stance IS 'for, against or neither';
COMMENT ON COLUMN figures.stances.confidence IS 'probability that the stance is right';
COMMENT ON COLUMN figures.stances.cue IS 'cue of the statement';
COMMENT ON COLUMN figures.stances.content IS 'words of the statement';
COMMENT ON COLUMN figures.stances.position_no IS 'hash of speaker, subject and utterance';

CREATE TABLE IF NOT EXISTS figures.utterances (
    first_on DATE, last_on DATE, prints BIGINT NOT NULL, articles BIGINT NOT NULL, outlets BIGINT NOT NULL, stories BIGINT NOT NULL,
    quoted BIGINT NOT NULL, first_outlet VARCHAR, actor_id VARCHAR, utterance_id VARCHAR NOT NULL, content VARCHAR
);
COMMENT ON TABLE figures.utterances IS 'one row per utterance with several prints, without prints in killed stories and copies; the view utterances reads it';
COMMENT ON COLUMN figures.utterances.first_on IS 'day of its first print';
COMMENT ON COLUMN figures.utterances.last_on IS 'day of its last print';
COMMENT ON COLUMN figures.utterances.prints IS 'number of prints';
COMMENT ON COLUMN figures.utterances.articles IS 'number of articles with a print';
COMMENT ON COLUMN figures.utterances.outlets IS 'number of outlets with a print';
COMMENT ON COLUMN figures.utterances.stories IS 'number of stories with a print';
COMMENT ON COLUMN figures.utterances.quoted IS 'number of prints that quote the utterance';
COMMENT ON COLUMN figures.utterances.first_outlet IS 'outlet of its first print';
COMMENT ON COLUMN figures.utterances.actor_id IS 'speaker of its first print; if this has none, of another print';
COMMENT ON COLUMN figures.utterances.utterance_id IS 'statement_id of its first print';
COMMENT ON COLUMN figures.utterances.content IS 'words of its longest print';

CREATE TABLE IF NOT EXISTS figures.drifts (
    statement_id VARCHAR NOT NULL, content VARCHAR, kind VARCHAR, published_on DATE, actor_id VARCHAR, outlet VARCHAR,
    utterance_id VARCHAR NOT NULL, fullest_id VARCHAR NOT NULL, fullest VARCHAR, fullest_outlet VARCHAR
);
COMMENT ON TABLE figures.drifts IS 'one row per print that differs from the longest print of its utterance, which is in another article; the view wording_drift reads it';
COMMENT ON COLUMN figures.drifts.statement_id IS 'the print';
COMMENT ON COLUMN figures.drifts.content IS 'words of the print';
COMMENT ON COLUMN figures.drifts.kind IS 'whether the print is direct, indirect or mixed';
COMMENT ON COLUMN figures.drifts.published_on IS 'day of the article of the print';
COMMENT ON COLUMN figures.drifts.actor_id IS 'speaker according to the print';
COMMENT ON COLUMN figures.drifts.outlet IS 'outlet of the print';
COMMENT ON COLUMN figures.drifts.utterance_id IS 'statement_id of the first print';
COMMENT ON COLUMN figures.drifts.fullest_id IS 'statement_id of the longest print';
COMMENT ON COLUMN figures.drifts.fullest IS 'words of the longest print';
COMMENT ON COLUMN figures.drifts.fullest_outlet IS 'outlet of the longest print';

CREATE TABLE IF NOT EXISTS figures.repeats (
    first_on DATE, first_outlet VARCHAR, last_on DATE, copies BIGINT NOT NULL, outlets BIGINT NOT NULL, stories BIGINT NOT NULL,
    content VARCHAR, actor_id VARCHAR, statement_id VARCHAR NOT NULL
);
COMMENT ON TABLE figures.repeats IS 'one row per speaker and words that several statements have, without killed stories and copies; the view repeated_statements reads it';
COMMENT ON COLUMN figures.repeats.first_on IS 'day of the first article with the words';
COMMENT ON COLUMN figures.repeats.first_outlet IS 'outlet of that article';
COMMENT ON COLUMN figures.repeats.last_on IS 'day of the last article with the words';
COMMENT ON COLUMN figures.repeats.copies IS 'number of statements with the words';
COMMENT ON COLUMN figures.repeats.outlets IS 'number of outlets with the words';
COMMENT ON COLUMN figures.repeats.stories IS 'number of stories with the words';
COMMENT ON COLUMN figures.repeats.content IS 'the words';
COMMENT ON COLUMN figures.repeats.actor_id IS 'speaker of the words';
COMMENT ON COLUMN figures.repeats.statement_id IS 'statement in the first article';
