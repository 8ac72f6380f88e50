"""Sketches in the warehouse and in staging -> pairs of articles with something in common, and their stories so far.

The cost follows what is staged: a thousand articles of about the same days at a time are held against those within a
month of them (against all only when one of them has no day), and only the stories that are met are read.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from warehouse.stage import STAGING, NextVersion

AT_ONCE = 1_000  # staged articles whose bands are joined at a time, so that memory does not grow with the run

COLUMNS = "article_id, published_on, word_count, bands, guid_key, headline_key, is_marked"
# Articles of a story that lost one of its versions are looked at like new ones.
STAGED_CHUNKS = f"""
    CREATE OR REPLACE TABLE {STAGING}.fresh AS
    SELECT *, CAST((row_number() OVER (ORDER BY published_on, article_id) - 1) // {AT_ONCE} AS INTEGER) AS chunk
    FROM (
        SELECT {COLUMNS} FROM {STAGING}.sketches
        UNION ALL SELECT {COLUMNS} FROM ops.sketches SEMI JOIN {STAGING}.reopened USING (article_id)
    )"""
# $1: the chunk, $2: fewest shared bands, $3: days
PAIRS = f"""
    WITH fresh AS MATERIALIZED (
        SELECT * FROM {STAGING}.fresh WHERE chunk = $1
    ),
    span AS (
        SELECT
            min(published_on) - $3 AS first_on,
            max(published_on) + $3 AS last_on,
            count(*) > count(published_on) AS has_undated
        FROM fresh
    ),
    others AS (
        FROM (
            SELECT {COLUMNS}, true AS is_staged FROM {STAGING}.sketches
            UNION ALL SELECT {COLUMNS}, false AS is_staged FROM ops.sketches
        ), span
        WHERE has_undated OR published_on IS NULL OR published_on BETWEEN first_on AND last_on
    ),
    met AS (
        SELECT
            f.article_id,
            o.article_id AS other_id,
            count(*) AS shared_bands,
            false AS same_guid,
            false AS same_headline
        FROM (SELECT article_id, published_on, unnest(bands) AS band FROM fresh) AS f
        JOIN (SELECT article_id, published_on, is_staged, unnest(bands) AS band FROM others) AS o USING (band)
        WHERE (f.article_id < o.article_id OR f.article_id <> o.article_id AND NOT o.is_staged)  -- each pair once
            AND coalesce(abs(f.published_on - o.published_on) <= $3, true)
        GROUP BY ALL
        HAVING count(*) >= $2
        UNION ALL
        SELECT f.article_id, o.article_id, 0, true, false FROM fresh AS f JOIN others AS o USING (guid_key)
        WHERE f.article_id <> o.article_id
        UNION ALL
        SELECT f.article_id, o.article_id, 0, false, true FROM fresh AS f JOIN others AS o USING (headline_key)
        WHERE f.article_id <> o.article_id AND (f.is_marked OR o.is_marked)
    )
    SELECT
        m.article_id,
        m.other_id,
        max(m.shared_bands) AS shared_bands,
        any_value(f.word_count) AS words,
        any_value(o.word_count) AS other_words,
        bool_or(m.same_guid) AS same_guid,
        bool_or(m.same_headline) AS same_headline,
        any_value(abs(f.published_on - o.published_on)) AS days_apart
    FROM met AS m
    JOIN fresh AS f ON f.article_id = m.article_id
    JOIN others AS o ON o.article_id = m.other_id
    GROUP BY m.article_id, m.other_id"""
MEMBERS = f"""
    WITH met AS (
        SELECT DISTINCT story_id FROM main.articles SEMI JOIN wanted USING (article_id)
    )
    SELECT
        article_id,
        CASE WHEN article_id IN (FROM {STAGING}.reopened) THEN article_id ELSE story_id END AS story_id,
        published_on, published_at, updated_at, version_no, version_label
    FROM main.articles
    WHERE story_id IN (FROM met) OR article_id IN (FROM {STAGING}.reopened)
    UNION ALL
    SELECT article_id, article_id AS story_id, published_on, published_at, updated_at, version_no, version_label
    FROM {STAGING}.articles"""


def find_pairs(version: NextVersion, *, fewest_bands: int, days: int) -> Iterator[pl.DataFrame]:
    """Staged articles with staged and published ones that they have something in common with, chunk by chunk."""
    version.connection.execute(STAGED_CHUNKS)
    last = version.connection.execute(f"SELECT coalesce(max(chunk), -1) FROM {STAGING}.fresh").fetchall()[0][
        0
    ]
    for chunk in range(last + 1):
        yield version.connection.execute(PAIRS, [chunk, fewest_bands, days]).pl()


def read_members(version: NextVersion, article_ids: pl.Series) -> pl.DataFrame:
    """All staged articles, each its own story yet, and all published ones of the stories that `article_ids` are in.

    Those of a story that lost a version are their own story again.
    """
    with version.registered("wanted", pl.DataFrame({"article_id": article_ids})):
        return version.connection.sql(MEMBERS).pl()
