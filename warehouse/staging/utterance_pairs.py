"""Find pairs of staged and published statements that may report one utterance.

A run compares unsettled statements: the statements it staged, statements whose speaker it changed or that have no
utterance, and all statements of an utterance that lost one of its statements. In batches of similar dates, they are
compared with the statements of the same weeks that share words with them. Memory depends on what is new: all sketches
of these weeks are read, but only matching sketches are kept. The first run on a warehouse of an older version settles
all statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import duckdb
import polars as pl

from warehouse.query.span import ALL_DAYS, EPOCH, Span
from warehouse.staging.next_version import STAGING, NextVersion

AT_ONCE = 20_000  # statements joined at a time, so that memory does not grow with the run
# The joins first get this share of a run's memory for DuckDB, because they come when the process has most other data in
# memory. With less than half of it, they would fail; with all of it, they are a fifth faster.
SHARE_OF_MEMORY = 0.6
# A run of words that more statements than this contain in the same weeks is a phrase, not a quotation.
MOST_SPEAKERS = 200
# Phrases are sought in a tenth of all texts, so that not all runs of all texts are counted. A run in MOST_SPEAKERS
# texts is in 20 texts of the sample on average, with a standard deviation of 4, and practically never in more than 50.
SAMPLED = 10
MOST_IN_SAMPLE = 50
# Two statements of one article are compared only if at most this many statements are between them. So the pairs of a
# very long article grow with its length, not with the square of its length.
MOST_BETWEEN = 100

# Published statements with the speaker that they will have once this version is published.
CURRENT_SPEAKERS = f"""
    SELECT
        t.statement_id, t.article_id, t.seq_no, t.published_on, t.source, t.utterance_id, t.parent_statement_id,
        coalesce(t.found_kind, t.kind) AS kind,
        t.actor_id AS old_id,
        if(o.statement_id IS NOT NULL, o.actor_id, coalesce(i.actor_id, t.actor_id)) AS actor_id
    FROM main.statements AS t
    LEFT JOIN {STAGING}.moved_identities AS i ON i.profile_id = t.profile_id
    LEFT JOIN {STAGING}.overlaid AS o ON o.statement_id = t.statement_id"""
# Statements are compared by their extracted content, because a correction may lengthen or shorten the content.
FOUND = "coalesce(found_content, content)"
# The speaker's id, or the words of the source if the speaker is not resolved.
SPEAKER = "coalesce(actor_id, 'source ' || lower(source))"
# Published statements whose speaker this version changes are found by joins, so that no other row is read whole.
UNSETTLED = f"""
    CREATE OR REPLACE TABLE {STAGING}.unsettled AS
    WITH changed AS MATERIALIZED (
        SELECT statement_id, utterance_id, published_on FROM main.statements WHERE utterance_id IS NULL
        UNION
        SELECT t.statement_id, t.utterance_id, t.published_on
        FROM main.statements AS t JOIN {STAGING}.moved_identities AS i ON i.profile_id = t.profile_id
        WHERE coalesce(i.actor_id, t.actor_id) IS DISTINCT FROM t.actor_id
            AND t.statement_id NOT IN (SELECT statement_id FROM {STAGING}.overlaid)
        UNION
        SELECT t.statement_id, t.utterance_id, t.published_on
        FROM main.statements AS t JOIN {STAGING}.overlaid AS o ON o.statement_id = t.statement_id
        WHERE o.actor_id IS DISTINCT FROM t.actor_id
    ),
    reopened AS (
        SELECT utterance_id FROM changed WHERE utterance_id IS NOT NULL
        UNION SELECT utterance_id FROM published.main.statements
        WHERE article_id IN (FROM {STAGING}.withdrawn) AND utterance_id IS NOT NULL
    ),
    unsettled AS (
        SELECT statement_id, published_on FROM {STAGING}.statements
        UNION ALL (
            SELECT statement_id, published_on FROM changed
            UNION SELECT statement_id, published_on FROM main.statements SEMI JOIN reopened USING (utterance_id)
        )
    )
    SELECT
        statement_id,
        published_on,
        CAST((row_number() OVER (ORDER BY published_on, statement_id) - 1) // {AT_ONCE} AS INTEGER) AS chunk
    FROM unsettled"""
# Sketches from an earlier call whose statement is gone or has another day now.
STALE_SKETCHES = f"""
    DELETE FROM {STAGING}.statement_sketches AS k
    WHERE NOT EXISTS (
        FROM {STAGING}.statements AS s
        WHERE s.statement_id = k.statement_id AND s.published_on IS NOT DISTINCT FROM k.published_on
    ) AND NOT EXISTS (FROM main.statements AS s WHERE s.statement_id = k.statement_id)"""
# $1: a condition that holds for the days of all unsettled statements.
UNSKETCHED = f"""
    WITH wanted AS MATERIALIZED (
        FROM (SELECT statement_id FROM {STAGING}.unsettled)
        ANTI JOIN {STAGING}.statement_sketches USING (statement_id)
        ANTI JOIN (FROM ops.statement_sketches WHERE $1) USING (statement_id)
        ORDER BY statement_id
        LIMIT {AT_ONCE}
    )
    SELECT statement_id, article_id, published_on, {FOUND} AS content
    FROM {STAGING}.statements SEMI JOIN wanted USING (statement_id)
    UNION ALL  -- nearly all are staged; if all are, no published rows are read
    SELECT statement_id, article_id, published_on, {FOUND} AS content
    FROM main.statements
    SEMI JOIN (FROM wanted ANTI JOIN {STAGING}.statements USING (statement_id)) USING (statement_id)
    ORDER BY statement_id"""
# The number of a bin of days. Two dates at most `days` apart are in the same bin or in adjacent ones.
BIN = f"(published_on - {EPOCH}) // ({{days}} + 1)"
# Whether two wordings are in different articles, or near each other in one article.
NEAR_IF_IN_ONE_ARTICLE = f"""(
    abs(f.seq_no - o.seq_no) <= {MOST_BETWEEN}
    OR least(f.first_article, o.first_article) <> greatest(f.last_article, o.last_article)
)"""
# The first and last day of the unsettled statements of a chunk ($1, or of all if it is null), as days since 1970;
# whether one of them has no day; whether any statement has no day.
SPAN = f"""
    SELECT
        min(published_on) - {EPOCH},
        max(published_on) - {EPOCH},
        count(*) > count(published_on),
        (SELECT count(*) > 0 FROM {STAGING}.statement_sketches WHERE published_on IS NULL)
            OR (SELECT count(*) > 0 FROM ops.statement_sketches WHERE published_on IS NULL)
    FROM {STAGING}.unsettled
    WHERE chunk = coalesce($1, chunk)"""
SKETCH = "statement_id, article_id, published_on, text_key, words, runs"
STAGED_SKETCHES = f"(SELECT {SKETCH} FROM {STAGING}.statement_sketches)"
# $1: the chunk, $2: days within which the same words are one utterance, $3: days within which similar words may be,
# $4: a condition that holds for all days of the span. A statement and its sketch have the same day.
PAIRS = f"""
    WITH fresh AS MATERIALIZED (
        SELECT statement_id FROM {STAGING}.unsettled WHERE chunk = $1
    ),
    sketches AS NOT MATERIALIZED (
        FROM {STAGED_SKETCHES}
        UNION ALL
        SELECT {SKETCH} FROM ops.statement_sketches
        ANTI JOIN {STAGING}.statement_sketches USING (statement_id)
    ),
    sketches_of_fresh AS MATERIALIZED (  -- nearly all are staged; if all are, no published rows are read
        FROM {STAGED_SKETCHES} SEMI JOIN fresh USING (statement_id)
        UNION ALL
        FROM (SELECT {SKETCH} FROM ops.statement_sketches)
        SEMI JOIN (FROM fresh ANTI JOIN {STAGING}.statement_sketches USING (statement_id)) USING (statement_id)
    ),
    speakers_of_fresh AS MATERIALIZED (
        FROM (SELECT statement_id, {SPEAKER} AS speaker FROM {STAGING}.statements)
        SEMI JOIN fresh USING (statement_id)
        UNION ALL
        FROM (SELECT statement_id, {SPEAKER} AS speaker FROM ({CURRENT_SPEAKERS}))
        SEMI JOIN (FROM fresh ANTI JOIN {STAGING}.statements USING (statement_id)) USING (statement_id)
    ),
    near AS NOT MATERIALIZED (
        FROM sketches WHERE $4
    ),
    speakers AS NOT MATERIALIZED (
        SELECT statement_id, seq_no, {SPEAKER} AS speaker, actor_id, parent_statement_id, kind
        FROM ({CURRENT_SPEAKERS})
        WHERE $4
        UNION ALL SELECT statement_id, seq_no, {SPEAKER}, actor_id, parent_statement_id, coalesce(found_kind, kind)
        FROM {STAGING}.statements
    ),
    -- The texts that can match a fresh one, so that the joins below need not read all texts of the same weeks: the same
    -- words, two rare runs, or (from the same speaker, on similar dates) one run or two rare words.
    fresh_sketches AS MATERIALIZED (
        SELECT k.*, p.speaker, {BIN.format(days="$2")} AS far_bin, {BIN.format(days="$3")} AS bin
        FROM sketches_of_fresh AS k
        LEFT JOIN speakers_of_fresh AS p USING (statement_id)
    ),
    fresh_runs AS MATERIALIZED (SELECT DISTINCT speaker, far_bin, unnest(runs) AS run FROM fresh_sketches),
    fresh_words AS MATERIALIZED (
        SELECT DISTINCT speaker, word, unnest([bin - 1, bin, bin + 1]) AS bin
        FROM (SELECT speaker, bin, unnest(words) AS word FROM fresh_sketches WHERE bin IS NOT NULL)
    ),
    phrases AS MATERIALIZED (  -- runs that are frequent in the sample
        SELECT run
        FROM (SELECT text_key, unnest(runs) AS run FROM near WHERE text_key % {SAMPLED} = 0)
        SEMI JOIN (SELECT DISTINCT run FROM fresh_runs) USING (run)
        GROUP BY run
        HAVING approx_count_distinct(text_key) > {MOST_IN_SAMPLE}
    ),
    about_rare AS MATERIALIZED (
        SELECT DISTINCT run FROM fresh_runs ANTI JOIN phrases USING (run)
    ),
    rare_prints AS MATERIALIZED (
        FROM (SELECT statement_id, text_key, published_on, unnest(runs) AS run FROM near)
        SEMI JOIN about_rare USING (run)
    ),
    rare_texts AS MATERIALIZED (
        SELECT run, text_key, published_on, count(*) AS prints FROM rare_prints GROUP BY ALL
    ),
    -- A run is in at least as many wordings as texts on different days, and in at most as many as statements. Speakers
    -- are read only for runs that these two numbers leave undecided.
    bounds AS MATERIALIZED (
        SELECT run, count(*) AS at_least, sum(prints) AS at_most FROM rare_texts GROUP BY run
        HAVING at_most >= 2 AND at_least <= {MOST_SPEAKERS}
    ),
    undecided AS MATERIALIZED (
        FROM rare_prints SEMI JOIN (FROM bounds WHERE at_least < 2 OR at_most > {MOST_SPEAKERS}) USING (run)
    ),
    of_speakers AS MATERIALIZED (
        SELECT statement_id, speaker FROM speakers SEMI JOIN fresh_sketches USING (speaker)
    ),
    of_speaker AS NOT MATERIALIZED (
        SELECT
            k.text_key,
            k.words,
            k.runs,
            p.speaker,
            {BIN.format(days="$2")} AS far_bin,
            {BIN.format(days="$3")} AS bin
        FROM near AS k JOIN of_speakers AS p USING (statement_id)
    ),
    of_days AS MATERIALIZED (
        FROM of_speaker
        SEMI JOIN (
            SELECT speaker, unnest([far_bin - 1, far_bin, far_bin + 1]) AS far_bin FROM fresh_sketches
        ) USING (speaker, far_bin)
    ),
    -- The other statements of an article. Nearly always, all statements of the article are staged.
    of_articles AS MATERIALIZED (
        FROM (SELECT text_key, article_id FROM {STAGING}.statement_sketches)
        SEMI JOIN sketches_of_fresh USING (article_id)
        UNION ALL
        FROM (SELECT text_key, article_id FROM near)
        SEMI JOIN (
            FROM sketches_of_fresh ANTI JOIN {STAGING}.statement_sketches USING (statement_id)
        ) USING (article_id)
    ),
    matching AS MATERIALIZED (
        SELECT text_key FROM fresh_sketches
        UNION
        SELECT text_key FROM of_articles
        UNION
        SELECT DISTINCT o.text_key
        FROM (SELECT text_key, published_on, unnest(runs) AS run FROM sketches_of_fresh) AS f
        JOIN (FROM rare_texts SEMI JOIN bounds USING (run)) AS o USING (run)
        WHERE coalesce(abs(f.published_on - o.published_on) <= $2, true)
        GROUP BY f.text_key, o.text_key
        HAVING count(DISTINCT run) >= 2
        UNION
        SELECT text_key FROM (SELECT text_key, speaker, far_bin, unnest(runs) AS run FROM of_days)
        SEMI JOIN (
            SELECT speaker, run, unnest([far_bin - 1, far_bin, far_bin + 1]) AS far_bin FROM fresh_runs
        ) USING (speaker, run, far_bin)
        UNION  -- a statement without a date is compared with any date
        SELECT text_key
        FROM (
            SELECT text_key, speaker, unnest(runs) AS run FROM of_speaker
            WHERE far_bin IS NULL OR (SELECT bool_or(far_bin IS NULL) FROM fresh_sketches)
        )
        SEMI JOIN fresh_runs USING (speaker, run)
        UNION
        SELECT text_key FROM (SELECT text_key, speaker, bin, unnest(words) AS word FROM of_days)
        SEMI JOIN fresh_words USING (speaker, word, bin)
        GROUP BY text_key, speaker, bin
        HAVING count(*) >= 2
    ),
    matching_sketches AS MATERIALIZED (  -- published ones by rowid: to read all columns of all rows takes longer
        FROM {STAGED_SKETCHES} SEMI JOIN matching USING (text_key)
        UNION ALL
        FROM (
            SELECT {SKETCH} FROM published.ops.statement_sketches
            WHERE rowid IN (
                SELECT rowid FROM published.ops.statement_sketches SEMI JOIN matching USING (text_key) WHERE $4
            ) AND $4
        )
        ANTI JOIN {STAGING}.statement_sketches USING (statement_id)
        ANTI JOIN {STAGING}.withdrawn USING (article_id)
    ),
    speakers_of_matching AS MATERIALIZED (  -- all in one pass over the statements
        FROM speakers
        SEMI JOIN (
            SELECT statement_id FROM matching_sketches UNION SELECT statement_id FROM undecided
        ) USING (statement_id)
    ),
    rare AS MATERIALIZED (  -- runs in few enough wordings to be quotations, not phrases
        SELECT run FROM bounds WHERE at_least >= 2 AND at_most <= {MOST_SPEAKERS}
        UNION ALL
        SELECT run
        FROM (
            SELECT DISTINCT u.run, u.text_key, u.published_on, p.speaker
            FROM undecided AS u
            JOIN speakers_of_matching AS p USING (statement_id)
        )
        GROUP BY run
        HAVING count(*) BETWEEN 2 AND {MOST_SPEAKERS}
    ),
    candidates AS MATERIALIZED (
        SELECT
            k.*,
            p.seq_no,
            p.speaker,
            p.actor_id IS NOT NULL AS is_actor,
            p.parent_statement_id,
            p.kind = 'direct' AS is_direct,
            f.statement_id IS NOT NULL AS is_fresh
        FROM matching_sketches AS k
        JOIN speakers_of_matching AS p USING (statement_id)
        LEFT JOIN fresh AS f USING (statement_id)
    ),
    wordings AS MATERIALIZED (  -- one row per speaker, day and text, represented by the first print
        SELECT
            text_key,
            speaker,
            published_on,
            min(statement_id) AS statement_id,
            arg_min(seq_no, statement_id) AS seq_no,
            arg_min(words, statement_id) AS words,
            arg_min(runs, statement_id) AS runs,
            min(article_id) AS first_article,
            max(article_id) AS last_article,
            bool_or(is_actor) AS is_actor,
            bool_or(is_direct) AS is_direct,
            bool_or(is_fresh) AS is_fresh
        FROM candidates
        GROUP BY text_key, speaker, published_on
    ),
    members AS (
        SELECT k.statement_id, k.parent_statement_id, w.statement_id AS wording_id
        FROM candidates AS k
        JOIN wordings AS w ON w.text_key = k.text_key AND w.speaker IS NOT DISTINCT FROM k.speaker
            AND w.published_on IS NOT DISTINCT FROM k.published_on
    ),
    nested AS (  -- "Roe says that Venn lied" contains the words that Venn said, but is another utterance
        SELECT DISTINCT
            least(c.wording_id, p.wording_id) AS first_id, greatest(c.wording_id, p.wording_id) AS last_id
        FROM members AS c
        JOIN members AS p ON p.statement_id = c.parent_statement_id
    ),
    copies AS (
        SELECT m.statement_id, m.wording_id AS other_id
        FROM members AS m
        JOIN wordings AS w ON w.statement_id = m.wording_id
        WHERE w.is_fresh AND m.statement_id <> m.wording_id
    ),
    words AS (  -- in bins of days, so that only statements of similar dates are joined
        SELECT statement_id, first_article, last_article, seq_no, speaker, published_on, is_fresh,
            unnest(words) AS word, {BIN.format(days="$3")} AS bin
        FROM wordings
        WHERE speaker IS NOT NULL AND published_on IS NOT NULL
    ),
    by_words AS (
        SELECT f.statement_id, o.statement_id AS other_id
        FROM (SELECT * EXCLUDE (bin), unnest([bin - 1, bin, bin + 1]) AS bin FROM words WHERE is_fresh) AS f
        JOIN words AS o USING (speaker, word, bin)
        WHERE (f.statement_id < o.statement_id OR f.statement_id <> o.statement_id AND NOT o.is_fresh)
            AND abs(f.published_on - o.published_on) <= $3
            AND {NEAR_IF_IN_ONE_ARTICLE}
        GROUP BY ALL
        HAVING count(*) >= 2
    ),
    words_in_articles AS MATERIALIZED (
        SELECT m.wording_id, k.article_id, k.seq_no, k.seq_no // {MOST_BETWEEN} AS part, k.speaker, w.is_fresh,
            unnest(k.words) AS word
        FROM candidates AS k
        JOIN members AS m USING (statement_id)
        JOIN wordings AS w ON w.statement_id = m.wording_id
        SEMI JOIN sketches_of_fresh AS f ON f.article_id = k.article_id
    ),
    by_article AS (
        SELECT DISTINCT f.wording_id AS statement_id, o.wording_id AS other_id
        FROM (
            SELECT * EXCLUDE (part), unnest([part - 1, part, part + 1]) AS part FROM words_in_articles WHERE is_fresh
        ) AS f
        JOIN words_in_articles AS o USING (article_id, speaker, word, part)
        WHERE (f.wording_id < o.wording_id OR f.wording_id <> o.wording_id AND NOT o.is_fresh)
            AND abs(f.seq_no - o.seq_no) <= {MOST_BETWEEN}
    ),
    runs AS MATERIALIZED (
        SELECT statement_id, first_article, last_article, seq_no, speaker, published_on, is_fresh, unnest(runs) AS run
        FROM wordings
    ),
    by_own_runs AS (
        SELECT DISTINCT f.statement_id, o.statement_id AS other_id
        FROM (FROM runs WHERE is_fresh) AS f
        JOIN runs AS o USING (speaker, run)
        WHERE (f.statement_id < o.statement_id OR f.statement_id <> o.statement_id AND NOT o.is_fresh)
            AND coalesce(abs(f.published_on - o.published_on) <= $2, true)
            AND {NEAR_IF_IN_ONE_ARTICLE}
    ),
    by_runs AS (
        SELECT f.statement_id, o.statement_id AS other_id
        FROM (FROM runs SEMI JOIN rare USING (run) WHERE is_fresh) AS f
        JOIN (FROM runs SEMI JOIN rare USING (run)) AS o USING (run)
        WHERE (f.statement_id < o.statement_id OR f.statement_id <> o.statement_id AND NOT o.is_fresh)
            AND coalesce(abs(f.published_on - o.published_on) <= $2, true)
            AND f.speaker IS DISTINCT FROM o.speaker
            AND {NEAR_IF_IN_ONE_ARTICLE}
        GROUP BY ALL
        HAVING count(*) >= 2
    )
    SELECT
        m.statement_id,
        m.other_id,
        coalesce(f.is_actor AND o.is_actor AND f.speaker = o.speaker, false) AS same_actor,
        least(f.first_article, o.first_article) = greatest(f.last_article, o.last_article) AS same_article,
        CAST(coalesce(abs(f.published_on - o.published_on), 0) AS INTEGER) AS days,
        f.is_direct,
        o.is_direct AS other_is_direct
    FROM (FROM by_words UNION FROM by_own_runs UNION FROM by_runs UNION FROM by_article) AS m
    ANTI JOIN nested AS n ON n.first_id = least(m.statement_id, m.other_id)
        AND n.last_id = greatest(m.statement_id, m.other_id)
    JOIN wordings AS f ON f.statement_id = m.statement_id
    JOIN wordings AS o ON o.statement_id = m.other_id
    UNION ALL
    SELECT c.statement_id, c.other_id, w.is_actor, w.first_article = w.last_article, 0, w.is_direct, w.is_direct
    FROM copies AS c
    JOIN wordings AS w ON w.statement_id = c.other_id"""
# $1: a condition on the days of the wanted statements
CONTENTS = f"""
    SELECT
        statement_id, article_id, {FOUND} AS content, content_spans[1].start AS starts, content_spans[-1].end AS ends
    FROM (FROM {STAGING}.statements UNION ALL BY NAME FROM main.statements WHERE $1)
    SEMI JOIN wanted USING (statement_id)"""


def note_unsettled(version: NextVersion) -> int:
    """Note the statements whose utterance must be settled; returns the number of chunks."""
    version.connection.execute(STALE_SKETCHES)
    version.connection.execute(UNSETTLED)
    sql = f"SELECT coalesce(max(chunk), -1) + 1 FROM {STAGING}.unsettled"
    return int(version.connection.execute(sql).fetchall()[0][0])


def read_unsketched(version: NextVersion) -> Iterator[pl.DataFrame]:
    """Yield, in batches, the statements whose utterance must be settled and that have no sketch yet.

    A batch has the columns `statement_id`, `article_id`, `published_on` and `content`. Stage the sketches of each batch
    before you take the next one.
    """
    sql = UNSKETCHED.replace("$1", read_span(version).condition)
    batch = version.connection.sql(sql).pl()
    while batch.height:
        yield batch
        batch = version.connection.sql(sql).pl() if batch.height == AT_ONCE else batch.clear()


def find_statement_pairs(version: NextVersion, chunk: int, *, days: int, near_days: int) -> pl.DataFrame:
    """Find pairs of an unsettled statement of the chunk and another statement that shares words with it.

    The two statements are at most `days` apart if they share whole runs of words, else at most `near_days`.
    """
    sql = PAIRS  # with parameters, DuckDB would keep the rows twice
    span = read_span(version, chunk).widened(days)
    for number, value in enumerate((chunk, days, near_days, span.condition), 1):
        sql = sql.replace(f"${number}", str(value))
    with suppress(duckdb.OutOfMemoryException), version.memory_lowered(SHARE_OF_MEMORY):
        return version.connection.sql(sql).pl()
    return version.connection.sql(sql).pl()


def read_contents(version: NextVersion, pairs: pl.DataFrame, chunk: int, *, days: int) -> pl.DataFrame:
    """Read the extracted contents of the statements of `pairs`, their articles, and where they start and end.

    `pairs` come from `find_statement_pairs` with the same chunk and `days`.
    """
    wanted = pl.concat([pairs["statement_id"], pairs["other_id"]]).unique()
    sql = CONTENTS.replace("$1", read_span(version, chunk).widened(days).condition)
    with version.registered("wanted", pl.DataFrame({"statement_id": wanted})):
        return version.connection.sql(sql).pl()


def read_span(version: NextVersion, chunk: int | None = None) -> Span:
    """The span of the unsettled statements of one chunk, or of all."""
    sql = SPAN.replace("$1", "NULL" if chunk is None else str(chunk))
    [(first, last, has_undated, is_any_undated)] = version.connection.execute(sql).fetchall()
    return ALL_DAYS if has_undated or first is None else Span(first, last, is_any_undated)
