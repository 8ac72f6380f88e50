-- The index for full-text search: plain tables, kept in step by warehouse/query/search.py, asked by the macros search_*.
CREATE SCHEMA IF NOT EXISTS search;

CREATE TABLE IF NOT EXISTS search.words (word VARCHAR NOT NULL, stem VARCHAR NOT NULL, stem_no INTEGER);
COMMENT ON TABLE search.words IS 'one word of any text, in small letters';
COMMENT ON COLUMN search.words.word IS 'the word';
COMMENT ON COLUMN search.words.stem IS 'what is left without its accents and its ending';
COMMENT ON COLUMN search.words.stem_no IS 'number of the stem; null for a word too common to search for';

CREATE TABLE IF NOT EXISTS search.statement_texts (text_no INTEGER NOT NULL, id VARCHAR NOT NULL, size INTEGER NOT NULL);
COMMENT ON TABLE search.statement_texts IS 'one statement that can be searched for';
COMMENT ON COLUMN search.statement_texts.text_no IS 'its number in the index';
COMMENT ON COLUMN search.statement_texts.id IS 'its statement_id';
COMMENT ON COLUMN search.statement_texts.size IS 'words in it that are searched for';

CREATE TABLE IF NOT EXISTS search.statement_words (stem_no INTEGER NOT NULL, text_no INTEGER NOT NULL, times UTINYINT NOT NULL, size INTEGER NOT NULL);
COMMENT ON TABLE search.statement_words IS 'one stem in one statement';
COMMENT ON COLUMN search.statement_words.stem_no IS 'the stem';
COMMENT ON COLUMN search.statement_words.text_no IS 'the statement';
COMMENT ON COLUMN search.statement_words.times IS 'how often it is in it, at most 255';
COMMENT ON COLUMN search.statement_words.size IS 'words in it that are searched for: so that a score needs no other table';

CREATE TABLE IF NOT EXISTS search.article_texts (text_no INTEGER NOT NULL, id VARCHAR NOT NULL, size INTEGER NOT NULL);
COMMENT ON TABLE search.article_texts IS 'one article that can be searched for';
COMMENT ON COLUMN search.article_texts.text_no IS 'its number in the index';
COMMENT ON COLUMN search.article_texts.id IS 'its article_id';
COMMENT ON COLUMN search.article_texts.size IS 'words in it that are searched for';

CREATE TABLE IF NOT EXISTS search.article_words (stem_no INTEGER NOT NULL, text_no INTEGER NOT NULL, times UTINYINT NOT NULL, size INTEGER NOT NULL);
COMMENT ON TABLE search.article_words IS 'one stem in one article';
COMMENT ON COLUMN search.article_words.stem_no IS 'the stem';
COMMENT ON COLUMN search.article_words.text_no IS 'the article';
COMMENT ON COLUMN search.article_words.times IS 'how often it is in it, at most 255';
COMMENT ON COLUMN search.article_words.size IS 'words in it that are searched for: so that a score needs no other table';
