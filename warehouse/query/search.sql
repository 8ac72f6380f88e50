-- The index for full-text search: plain tables, updated by warehouse/query/search.py and queried by the macros search_*.
CREATE SCHEMA IF NOT EXISTS search;

CREATE TABLE IF NOT EXISTS search.words (word VARCHAR NOT NULL, stem VARCHAR NOT NULL, stem_no INTEGER);
COMMENT ON TABLE search.words IS 'one word of any text, in lower case';
COMMENT ON COLUMN search.words.word IS 'the word';
COMMENT ON COLUMN search.words.stem IS 'the word without accents and ending';
COMMENT ON COLUMN search.words.stem_no IS 'number of the stem; null for a word too common to search for';

CREATE TABLE IF NOT EXISTS search.statement_texts (text_no INTEGER NOT NULL, id VARCHAR NOT NULL, size INTEGER NOT NULL);
COMMENT ON TABLE search.statement_texts IS 'one searchable statement';
COMMENT ON COLUMN search.statement_texts.text_no IS 'number of the statement in the index';
COMMENT ON COLUMN search.statement_texts.id IS 'statement_id of the statement';
COMMENT ON COLUMN search.statement_texts.size IS 'number of its searchable words';

CREATE TABLE IF NOT EXISTS search.statement_words (stem_no INTEGER NOT NULL, text_no INTEGER NOT NULL, times UTINYINT NOT NULL, size INTEGER NOT NULL);
COMMENT ON TABLE search.statement_words IS 'one stem in one statement';
COMMENT ON COLUMN search.statement_words.stem_no IS 'the stem';
COMMENT ON COLUMN search.statement_words.text_no IS 'the statement';
COMMENT ON COLUMN search.statement_words.times IS 'how often the stem is in the statement, at most 255';
COMMENT ON COLUMN search.statement_words.size IS 'number of searchable words in the statement, so that a score needs no other table';

CREATE TABLE IF NOT EXISTS search.article_texts (text_no INTEGER NOT NULL, id VARCHAR NOT NULL, size INTEGER NOT NULL);
COMMENT ON TABLE search.article_texts IS 'one searchable article';
COMMENT ON COLUMN search.article_texts.text_no IS 'number of the article in the index';
COMMENT ON COLUMN search.article_texts.id IS 'article_id of the article';
COMMENT ON COLUMN search.article_texts.size IS 'number of its searchable words';

CREATE TABLE IF NOT EXISTS search.article_words (stem_no INTEGER NOT NULL, text_no INTEGER NOT NULL, times UTINYINT NOT NULL, size INTEGER NOT NULL);
COMMENT ON TABLE search.article_words IS 'one stem in one article';
COMMENT ON COLUMN search.article_words.stem_no IS 'the stem';
COMMENT ON COLUMN search.article_words.text_no IS 'the article';
COMMENT ON COLUMN search.article_words.times IS 'how often the stem is in the article, at most 255';
COMMENT ON COLUMN search.article_words.size IS 'number of searchable words in the article, so that a score needs no other table';
