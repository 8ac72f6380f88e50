-- Counts over the whole warehouse, kept in step by warehouse/query/figures.py: the report reads them instead of all rows.
CREATE SCHEMA IF NOT EXISTS figures;

CREATE TABLE IF NOT EXISTS figures.counts (figure VARCHAR NOT NULL, one VARCHAR, other VARCHAR, day DATE, statements BIGINT NOT NULL);
COMMENT ON TABLE figures.counts IS 'one group of statements that count: not of killed stories or copies, not deleted by a correction';
COMMENT ON COLUMN figures.counts.figure IS 'by what they are grouped: naming, day, source, outlet_day, speaker, subject';
COMMENT ON COLUMN figures.counts.one IS 'way of naming, kind, outlet or actor, as the figure says';
COMMENT ON COLUMN figures.counts.other IS 'kind, or type of the source';
COMMENT ON COLUMN figures.counts.day IS 'day, for figures by day';
COMMENT ON COLUMN figures.counts.statements IS 'how many there are';

CREATE TABLE IF NOT EXISTS figures.state (version_no BIGINT NOT NULL);
COMMENT ON TABLE figures.state IS 'one row: the version that the counts are of';
COMMENT ON COLUMN figures.state.version_no IS 'the version';
