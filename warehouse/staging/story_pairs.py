"""Find pairs of staged and published articles that may belong to one story, and read their current stories.

The cost depends on what is staged. Articles of similar dates are compared in batches of a thousand with the articles
within a month of them; a batch with an undated article is compared with all articles. Only stories with a pair are
read.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from warehouse.staging.next_version import STAGING, NextVersion

AT_ONCE = 1_000  # staged articles joined at a time, so that memory does not grow with the run

COLUMNS = (
    "article_id, published_on, word_count, bands, guid_key, headline_key, is_marked, text_key, url_key, slug_key, "
    "kills, common_words, names, subjects, numbers"
)
# Articles of a story that lost one of its versions are compared again, like new ones.
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
    matched AS (
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
        any_value(f.is_marked OR o.is_marked) AS is_marked,
        any_value(abs(f.published_on - o.published_on)) AS days_apart,
        any_value(
            CASE WHEN len(f.common_words) > 0 AND len(o.common_words) > 0 THEN
                len([1 FOR i IN range(1, len(f.common_words) + 1) IF f.common_words[i] = o.common_words[i]])
            END
        ) AS same_words,
        any_value(
            len(list_intersect(f.subjects, o.names)) < len(f.subjects)
            AND len(list_intersect(o.subjects, f.names)) < len(o.subjects)
        ) AS other_subjects,
        any_value(least(len(f.numbers), len(o.numbers))) AS fewer_numbers,
        any_value(len(list_intersect(f.numbers, o.numbers))) AS same_numbers
    FROM matched AS m
    JOIN fresh AS f ON f.article_id = m.article_id
    JOIN others AS o ON o.article_id = m.other_id
    GROUP BY m.article_id, m.other_id"""
# All articles with the text of a fresh article, each paired only with the first of them: n copies give n - 1 pairs.
COPIES = f"""
    WITH texts AS (
        SELECT article_id, text_key FROM {STAGING}.sketches
        UNION ALL SELECT article_id, text_key FROM ops.sketches
    ),
    copies AS (
        SELECT article_id, min(article_id) OVER (PARTITION BY text_key) AS other_id
        FROM texts SEMI JOIN (SELECT text_key FROM {STAGING}.fresh) USING (text_key)
    )
    FROM copies WHERE article_id <> other_id"""
# Kill notes with the articles they name; $1: days within which a headline or slug identifies a story.
KILLS = f"""
    WITH articles AS (
        SELECT {COLUMNS} FROM {STAGING}.sketches UNION ALL SELECT {COLUMNS} FROM ops.sketches
    ),
    kills AS MATERIALIZED (
        SELECT
            article_id,
            published_on,
            article_id IN (SELECT article_id FROM {STAGING}.fresh) AS is_fresh,
            unnest(kills) AS key
        FROM articles WHERE len(kills) > 0
    ),
    named AS (
        SELECT article_id, published_on, guid_key AS key, true AS is_id FROM articles SEMI JOIN kills ON guid_key = key
        UNION ALL
        SELECT article_id, published_on, url_key AS key, true FROM articles SEMI JOIN kills ON url_key = key
        UNION ALL
        SELECT article_id, published_on, slug_key AS key, false FROM articles SEMI JOIN kills ON slug_key = key
        UNION ALL
        SELECT article_id, published_on, headline_key AS key, false FROM articles SEMI JOIN kills ON headline_key = key
    )
    SELECT DISTINCT k.article_id, n.article_id AS other_id
    FROM kills AS k JOIN named AS n USING (key)
    WHERE k.article_id <> n.article_id
        AND (k.is_fresh OR n.article_id IN (SELECT article_id FROM {STAGING}.fresh))
        AND (n.is_id OR coalesce(abs(k.published_on - n.published_on) <= $1, true))"""
MEMBER_COLUMNS = (
    "published_on, published_at, updated_at, version_no, version_label, guid, outlet, agency, withdrawal, headline, "
    "byline"
)
MEMBERS = f"""
    WITH stories AS (
        SELECT DISTINCT story_id FROM main.articles SEMI JOIN wanted USING (article_id)
    )
    SELECT
        a.article_id,
        CASE WHEN a.article_id IN (FROM {STAGING}.reopened) THEN a.article_id ELSE a.story_id END AS story_id,
        {MEMBER_COLUMNS},
        s.text_key
    FROM main.articles AS a LEFT JOIN (SELECT article_id, text_key FROM ops.sketches) AS s USING (article_id)
    WHERE a.story_id IN (FROM stories) OR a.article_id IN (FROM {STAGING}.reopened)
    UNION ALL
    SELECT a.article_id, a.article_id AS story_id, {MEMBER_COLUMNS}, s.text_key
    FROM {STAGING}.articles AS a
    LEFT JOIN (SELECT article_id, text_key FROM {STAGING}.sketches) AS s USING (article_id)"""


def find_pairs(version: NextVersion, *, fewest_bands: int, days: int) -> Iterator[pl.DataFrame]:
    """Yield pairs of a staged and another article with shared bands, guid or headline, one frame per chunk."""
    version.connection.execute(STAGED_CHUNKS)
    last = version.connection.execute(f"SELECT coalesce(max(chunk), -1) FROM {STAGING}.fresh").fetchall()[0][
        0
    ]
    for chunk in range(last + 1):
        yield version.connection.sql(PAIRS, params=[chunk, fewest_bands, days]).pl()


def find_named(version: NextVersion, *, days: int) -> pl.DataFrame:
    """Pairs of articles that need no comparison: copies of one text, and kill notes with the stories they withdraw.

    A kill note may name a story by headline or slug up to `days` days from it. Call `find_pairs` first.
    """
    copies = version.connection.sql(COPIES).pl()
    return copies.vstack(version.connection.sql(KILLS, params=[days]).pl())


def read_members(version: NextVersion, article_ids: pl.Series) -> pl.DataFrame:
    """All staged articles, each as its own story, and all published articles of the stories of `article_ids`.

    Articles of a story that lost a version are their own story again.
    """
    with version.registered("wanted", pl.DataFrame({"article_id": article_ids})):
        return version.connection.sql(MEMBERS).pl()
