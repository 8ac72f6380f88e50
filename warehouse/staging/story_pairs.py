"""Find pairs of staged and published articles that may belong to one story, and read their current stories.

The cost depends on what is staged. Articles of similar dates are compared in batches of a thousand with the articles
within a month of them; a batch with an undated article is compared with all articles. Only stories with a pair are
read.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from warehouse.query.span import ALL_DAYS, EPOCH, Span
from warehouse.staging.next_version import STAGING, NextVersion

AT_ONCE = 1_000  # staged articles joined at a time, so that memory does not grow with the run

COLUMNS = (
    "article_id, published_on, word_count, bands, guid_key, headline_key, is_marked, text_key, url_key, slug_key, "
    "kills, common_words, names, subjects, numbers"
)
# All sketches; `place` identifies them in joins, which are several times as fast with numbers as with ids. `place` is
# the rowid of a published row, and negative for a staged row.
PLACED = f"""
        SELECT -1 - rowid AS place, {COLUMNS} FROM {STAGING}.sketches
        UNION ALL
        SELECT rowid AS place, {COLUMNS} FROM published.ops.sketches ANTI JOIN {STAGING}.withdrawn USING (article_id)"""
# Articles of a story that lost one of its versions are compared again, like new ones.
STAGED_CHUNKS = f"""
    CREATE OR REPLACE TABLE {STAGING}.fresh AS
    SELECT *, CAST((row_number() OVER (ORDER BY published_on, article_id) - 1) // {AT_ONCE} AS INTEGER) AS chunk
    FROM (
        SELECT -1 - rowid AS place, {COLUMNS} FROM {STAGING}.sketches
        UNION ALL
        SELECT rowid AS place, {COLUMNS} FROM published.ops.sketches
        WHERE rowid IN (
            SELECT rowid FROM published.ops.sketches
            SEMI JOIN {STAGING}.reopened USING (article_id) ANTI JOIN {STAGING}.withdrawn USING (article_id)
        )
    )"""
# The first and last day of the articles of a chunk, as days since 1970; whether one of them, or any other article, has
# no day.
SPAN = f"""
    SELECT
        min(published_on) - {EPOCH},
        max(published_on) - {EPOCH},
        count(*) > count(published_on),
        (SELECT count(*) > 0 FROM published.ops.sketches WHERE published_on IS NULL)
            OR (SELECT count(*) > 0 FROM {STAGING}.sketches WHERE published_on IS NULL)
    FROM {STAGING}.fresh
    WHERE chunk = {{chunk}}"""
# The number of a bin of days. Two dates at most `days` apart are in the same bin or in adjacent ones.
BIN = f"(published_on - {EPOCH}) // ({{days}} + 1)"
UNDATED = -1_000_000_000  # the bin of an article without a date
# A pair that shares few bands for the lengths of its texts cannot be one story, see `pick_versions`, so it is not
# compared. The similarity s of two texts is sqrt(shared bands / all bands), and s / (1 + s) of all their words are
# common.
SHARE = "{least_common} * least(words, other_words) / (words + other_words)"
PAIRS = f"""
    WITH fresh AS MATERIALIZED (
        SELECT * FROM {STAGING}.fresh WHERE chunk = {{chunk}}
    ),
    others AS NOT MATERIALIZED (
        FROM ({PLACED}) WHERE {{within}}
    ),
    fresh_bands AS MATERIALIZED (
        SELECT place, published_on, word_count, {BIN} AS bin, unnest(bands) AS band FROM fresh
    ),
    other_bands AS NOT MATERIALIZED (
        SELECT place, published_on, word_count, bin, unnest(bands) AS band
        FROM (SELECT place, published_on, word_count, coalesce({BIN}, {UNDATED}) AS bin, bands FROM others)
    ),
    shared AS (  -- one row per band that two articles share
        SELECT f.place, o.place AS other_place, f.word_count AS words, o.word_count AS other_words
        FROM (
            SELECT * REPLACE (unnest([bin - 1, bin, bin + 1, {UNDATED}]) AS bin) FROM fresh_bands WHERE bin IS NOT NULL
        ) AS f
        JOIN other_bands AS o USING (band, bin)
        WHERE (f.place < o.place OR f.place <> o.place AND o.place >= 0)  -- each pair once
            AND coalesce(abs(f.published_on - o.published_on) <= {{days}}, true)
        -- A new article without a date is compared with any date. One join for all new articles would pair all dates.
        UNION ALL
        SELECT f.place, o.place, f.word_count, o.word_count
        FROM (FROM fresh_bands WHERE bin IS NULL) AS f
        JOIN other_bands AS o USING (band)
        WHERE f.place < o.place OR f.place <> o.place AND o.place >= 0
    ),
    matched AS MATERIALIZED (
        SELECT place, other_place, count(*) AS shared_bands, false AS same_guid, false AS same_headline
        FROM shared
        GROUP BY place, other_place, words, other_words
        HAVING count(*) >= {{fewest_bands}}
            AND count(*) > {{bands}} * pow({SHARE} / (1 - {SHARE}), 2) - 0.01
        UNION ALL
        SELECT f.place, o.place, 0, true, false FROM fresh AS f JOIN others AS o USING (guid_key)
        WHERE f.place <> o.place
        UNION ALL
        SELECT f.place, o.place, 0, false, true FROM fresh AS f JOIN others AS o USING (headline_key)
        WHERE f.place <> o.place AND (f.is_marked OR o.is_marked)
    ),
    pairs AS (
        SELECT
            place,
            other_place,
            max(shared_bands) AS shared_bands,
            bool_or(same_guid) AS same_guid,
            bool_or(same_headline) AS same_headline
        FROM matched
        GROUP BY ALL
    )
    SELECT
        f.article_id,
        o.article_id AS other_id,
        m.shared_bands,
        f.word_count AS words,
        o.word_count AS other_words,
        m.same_guid,
        m.same_headline,
        f.is_marked OR o.is_marked AS is_marked,
        abs(f.published_on - o.published_on) AS days_apart,
        f.common_words,
        o.common_words AS other_common_words,
        f.names,
        o.names AS other_names,
        f.subjects,
        o.subjects AS repeated_by_other,
        f.numbers,
        o.numbers AS other_numbers
    FROM pairs AS m
    JOIN fresh AS f ON f.place = m.place
    JOIN others AS o ON o.place = m.other_place"""
# The lists in PAIRS, which `_compare_lists` compares in a twentieth of the time that DuckDB takes.
LISTS = (
    "common_words",
    "other_common_words",
    "names",
    "other_names",
    "subjects",
    "repeated_by_other",
    "numbers",
    "other_numbers",
)
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
    WITH articles AS NOT MATERIALIZED (
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
    ),
    places AS (
        SELECT rowid AS place FROM published.main.articles SEMI JOIN stories USING (story_id)
        UNION SELECT rowid FROM published.main.articles SEMI JOIN {STAGING}.reopened USING (article_id)
    ),
    members AS MATERIALIZED (  -- by rowid: to read all columns of all rows takes longer
        SELECT article_id, story_id, article_id IN (FROM {STAGING}.reopened) AS is_reopened, {MEMBER_COLUMNS}
        FROM published.main.articles
        ANTI JOIN {STAGING}.withdrawn USING (article_id)
        WHERE rowid IN (FROM places)
    )
    SELECT a.article_id, if(a.is_reopened, a.article_id, a.story_id) AS story_id, {MEMBER_COLUMNS}, s.text_key
    FROM members AS a
    LEFT JOIN (SELECT article_id, text_key FROM ops.sketches SEMI JOIN members USING (article_id)) AS s
        USING (article_id)
    UNION ALL
    SELECT a.article_id, a.article_id AS story_id, {MEMBER_COLUMNS}, s.text_key
    FROM {STAGING}.articles AS a
    LEFT JOIN (SELECT article_id, text_key FROM {STAGING}.sketches) AS s USING (article_id)"""


def find_pairs(
    version: NextVersion, *, fewest_bands: int, bands: int, least_common: float, days: int
) -> Iterator[pl.DataFrame]:
    """Yield pairs of a staged article and another one with a band, guid or headline in common, one frame per chunk.

    Leaves out pairs that share fewer than `fewest_bands` bands, or fewer than usual for texts that have the share
    `least_common` of the shorter text in common.
    """
    version.connection.execute(STAGED_CHUNKS)
    last = version.connection.execute(f"SELECT coalesce(max(chunk), -1) FROM {STAGING}.fresh").fetchall()[0][
        0
    ]
    for chunk in range(last + 1):
        within = _read_span(version, chunk).widened(days).condition
        sql = PAIRS.format(
            chunk=chunk,
            fewest_bands=fewest_bands,
            bands=bands,
            least_common=least_common,
            days=days,
            within=within,
        )
        yield _compare_lists(version.connection.sql(sql).pl())


def _read_span(version: NextVersion, chunk: int) -> Span:
    """The span of the articles of a chunk."""
    [(first, last, has_undated, is_any_undated)] = version.connection.execute(
        SPAN.format(chunk=chunk)
    ).fetchall()
    return ALL_DAYS if has_undated or first is None else Span(first, last, is_any_undated)


def _compare_lists(pairs: pl.DataFrame) -> pl.DataFrame:
    """Replace the lists of each pair by what they have in common: equal MinHashes, names and numbers."""
    words = ("common_words", "other_common_words")
    has_words = (pl.col(words[0]).list.len() > 0) & (
        pl.col(words[0]).list.len() == pl.col(words[1]).list.len()
    )
    numbered = pairs.with_row_index("pair")
    same_words = (
        numbered.filter(has_words).select("pair", *words).explode(words)
        .group_by("pair").agg(same_words=(pl.col(words[0]) == pl.col(words[1])).sum().cast(pl.Int64))
    )  # fmt: skip
    return (
        numbered.join(same_words, on="pair", how="left", maintain_order="left")
        .with_columns(
            other_subjects=_lacks("subjects", "other_names") & _lacks("repeated_by_other", "names"),
            fewer_numbers=pl.min_horizontal(
                pl.col("numbers").list.len(), pl.col("other_numbers").list.len()
            ).cast(pl.Int64),
            same_numbers=_common("numbers", "other_numbers"),
        )
        .drop("pair", *LISTS)
    )


def _common(one: str, other: str) -> pl.Expr:
    return pl.col(one).list.set_intersection(other).list.len().cast(pl.Int64)


def _lacks(names: str, others: str) -> pl.Expr:
    """Whether a list has a name that the other list lacks."""
    return _common(names, others) < pl.col(names).list.len()


def find_named(version: NextVersion, *, days: int) -> pl.DataFrame:
    """Pairs of articles that need no comparison: copies of one text, and kill notes with the stories they withdraw.

    A kill note may name a story by headline or slug up to `days` days from it. Call `find_pairs` first.
    """
    copies = version.connection.sql(COPIES).pl()
    return copies.vstack(version.connection.sql(KILLS.replace("$1", str(days))).pl())


def read_members(version: NextVersion, article_ids: pl.Series) -> pl.DataFrame:
    """All staged articles, each as its own story, and all published articles of the stories of `article_ids`.

    Articles of a story that lost a version are their own story again.
    """
    with version.registered("wanted", pl.DataFrame({"article_id": article_ids})):
        return version.connection.sql(MEMBERS).pl()
