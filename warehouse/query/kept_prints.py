"""Store the rows of three views of statements that are printed several times, which are few of all statements.

The views are `utterances`, `wording_drift` and `repeated_statements`. Publishing updates the rows in its transaction:
it finds again the utterances, and the repeated words, of the statements that the version adds, changes or removes, or
whose articles it hides or changes. All rows are found again if other queries found the stored ones. Where the tables
are missing, as in a lake or an older version, the views find the rows. If another program hides articles, the views
show that after the next run.
"""

from __future__ import annotations

import duckdb
import polars as pl

from schema.derive import HISTORY
from warehouse.files.catalog import FOUND_DRIFTS, FOUND_REPEATS, FOUND_UTTERANCES
from warehouse.query.span import ALL_DAYS, Span

# Table of stored rows -> the query that finds all of them.
FOUND = {"utterances": FOUND_UTTERANCES, "drifts": FOUND_DRIFTS, "repeats": FOUND_REPEATS}
WORDS = "hash(actor_id, content)"
_UTTERANCE = "hash(coalesce(utterance_id, statement_id))"
# Table of stored rows -> what all prints in one row have in common.
KEYS = {"utterances": _UTTERANCE, "drifts": _UTTERANCE, "repeats": WORDS}
AT_ONCE = 1_000_000  # statements; 3,000,000 of a million articles take more memory than a run has by default
# Two prints of one utterance are connected by prints at most this many days apart. It is the number with which pairs
# are found (`transforms/statements/utterances.py`).
DAYS = 30
_SHOWN = "article_id, copy_of, is_killed IS TRUE, outlet, agency, story_id, published_on"
_CHANGED = f"""
    SELECT
        statement_id, coalesce(utterance_id, statement_id) AS utterance_id, content, {WORDS} AS words, published_on,
        found_content IS NULL AS is_as_found"""
# $v: the version. Articles of earlier versions of which the views show something else now, and what changed with them.
CHANGED = f"""
    CREATE OR REPLACE TEMP TABLE changed_articles AS
    SELECT article_id, published_on FROM (
        SELECT {_SHOWN} FROM {HISTORY}.articles WHERE until_version = $v
        EXCEPT SELECT {_SHOWN} FROM main.articles WHERE since_version = $v
    );
    CREATE OR REPLACE TEMP TABLE changed_statements AS
    {_CHANGED} FROM main.statements WHERE since_version = $v
    UNION {_CHANGED} FROM {HISTORY}.statements WHERE until_version = $v"""
# $days: a condition on the days of these articles, which their statements have, too.
OF_CHANGED_ARTICLES = f"""
    INSERT INTO temp.changed_statements
    {_CHANGED} FROM main.statements WHERE rowid IN (
        SELECT rowid FROM main.statements SEMI JOIN temp.changed_articles USING (article_id)
        WHERE since_version <> $v AND $days
    )
    EXCEPT FROM temp.changed_statements"""
# A statement's sketch has a hash of its content, unless a correction reworded the statement. To compare hashes takes a
# twentieth of the time that contents take. Contents without a hash are compared, and all contents if any statement has
# no sketch. $days: a condition on the days of the changed statements.
TEXTS = """
    CREATE OR REPLACE TEMP TABLE changed_texts AS
    SELECT content, any_value(text_key) AS text_key
    FROM (SELECT content, statement_id FROM temp.changed_statements WHERE is_as_found)
    JOIN (SELECT statement_id, text_key FROM ops.statement_sketches WHERE $days) USING (statement_id)
    GROUP BY content;
    CREATE OR REPLACE TEMP TABLE other_texts AS
    SELECT content FROM temp.changed_statements
    EXCEPT SELECT content FROM temp.changed_texts
    WHERE (SELECT count(*) FROM ops.statement_sketches) = (SELECT count(*) FROM main.statements)"""
SAME_SKETCHES = """
    CREATE OR REPLACE TEMP TABLE same_sketches AS
    SELECT article_id, published_on FROM ops.statement_sketches
    WHERE rowid IN (
        SELECT rowid FROM ops.statement_sketches WHERE text_key IN (SELECT text_key FROM temp.changed_texts)
    )"""
# $days: a condition on the days of these sketches
SAME_TEXT = """
    CREATE OR REPLACE TEMP TABLE their_places AS
    SELECT rowid AS place FROM main.statements
    WHERE article_id IN (SELECT article_id FROM temp.same_sketches) AND $days;
    INSERT INTO temp.their_places SELECT rowid FROM main.statements WHERE found_content IS NOT NULL;
    INSERT INTO temp.places
    SELECT rowid, published_on FROM main.statements
    WHERE rowid IN (FROM temp.their_places) AND content IN (SELECT content FROM temp.changed_texts)"""
SAME_OTHER_TEXT = """
    INSERT INTO temp.places
    SELECT rowid, published_on FROM main.statements WHERE content IN (FROM temp.other_texts)"""
HAS_UNDATED = "SELECT count(*) > 0 FROM main.articles WHERE published_on IS NULL"
# $1: a condition on days
SAME_UTTERANCE = """
    CREATE OR REPLACE TEMP TABLE places AS
    SELECT rowid AS place, published_on FROM main.statements
    WHERE coalesce(utterance_id, statement_id) IN (SELECT utterance_id FROM temp.changed_statements) AND $1"""
# All statements with these utterances or contents, and their articles and actors. Keys are read first, and the other
# columns by row number.
PRINTS = """
    CREATE OR REPLACE TEMP TABLE prints AS
    SELECT statement_id, utterance_id, article_id, actor_id, kind, published_on, content, correction
    FROM main.statements
    WHERE rowid IN (SELECT place FROM temp.places);
    CREATE OR REPLACE TEMP TABLE their_articles AS
    SELECT article_id, copy_of, is_killed, outlet, agency, story_id, published_on
    FROM main.articles
    WHERE rowid IN (SELECT rowid FROM main.articles SEMI JOIN temp.prints USING (article_id));
    CREATE OR REPLACE TEMP TABLE their_actors AS
    SELECT actor_id FROM main.actors SEMI JOIN temp.prints USING (actor_id)"""
_AMONG_CHANGED = "IN (SELECT {0} FROM temp.changed_statements)"
_UTTERANCES = _AMONG_CHANGED.format("utterance_id")
# Of an utterance: which stored rows are found again, and in which statements. $first_on: a condition on the days of all
# prints that are or were in these rows.
_AGAIN = f"coalesce(utterance_id, statement_id) {_UTTERANCES}"
_OF_UTTERANCE = (f"$first_on AND utterance_id {_UTTERANCES}", _AGAIN)
_DRIFT_OF_UTTERANCE = (f"utterance_id {_UTTERANCES}", _AGAIN)
_SAME_WORDS = f"{WORDS} {_AMONG_CHANGED.format('words')}"
# A stored row with these words has the id of a statement that has them still, or had them until now.
_WITH_WORDS = f"""rowid IN (
        SELECT rowid FROM figures.repeats WHERE $first_on AND statement_id IN (
            SELECT statement_id FROM temp.prints UNION SELECT statement_id FROM temp.changed_statements
        )
    ) AND {_SAME_WORDS}"""
_OF_WORDS = (_WITH_WORDS, _SAME_WORDS)
AGAIN = {"utterances": _OF_UTTERANCE, "drifts": _DRIFT_OF_UTTERANCE, "repeats": _OF_WORDS}
TEMPORARY = (
    *("changed_articles", "changed_statements", "changed_texts", "other_texts", "places", "same_sketches"),
    *("their_places", "prints", "their_articles", "their_actors"),
)


def update_prints(connection: duckdb.DuckDBPyConnection, version_no: int) -> None:
    """Apply the changes of `version_no` to the stored rows, which must be those of the version before it."""
    connection.execute(CHANGED.replace("$v", str(version_no)))
    changed = _days(connection, "temp.changed_articles")
    if not changed.is_empty():
        connection.execute(
            OF_CHANGED_ARTICLES.replace("$v", str(version_no)).replace("$days", Span.of(changed).condition)
        )
    _read_prints(connection)
    days = Span.of(
        pl.concat(_days(connection, f"temp.{table}") for table in ("prints", "changed_statements"))
    )
    first_on = days.condition.replace("published_on", "first_on")
    for table, (rows, statements) in AGAIN.items():
        sql = FOUND[table].replace("main.statements", f"(FROM temp.prints WHERE {statements})")
        sql = sql.replace("main.articles", "temp.their_articles").replace("main.actors", "temp.their_actors")
        connection.execute(f"DELETE FROM figures.{table} WHERE {rows.replace('$first_on', first_on)}")
        connection.execute(f"INSERT INTO figures.{table} BY NAME {sql}")
    connection.execute("; ".join(f"DROP TABLE temp.{name}" for name in TEMPORARY))


def _days(connection: duckdb.DuckDBPyConnection, table: str) -> pl.Series:
    return connection.sql(f"SELECT published_on FROM {table}").pl()["published_on"]


def _read_prints(connection: duckdb.DuckDBPyConnection) -> None:
    changed = _days(connection, "temp.changed_statements")
    [(has_undated,)] = connection.execute(HAS_UNDATED).fetchall()
    days = Span.of(changed)._replace(is_any_undated=has_undated)
    connection.execute(TEXTS.replace("$days", days.condition))
    margin = 2 * DAYS
    while True:  # until an utterance ends well within the days that were read
        span = days.widened(margin)
        connection.execute(SAME_UTTERANCE.replace("$1", span.condition))
        found = _days(connection, "temp.places")
        if span.contains(found, DAYS):
            break
        days, margin = (ALL_DAYS if found.null_count() else days), 2 * margin
    connection.execute(SAME_SKETCHES)
    days = Span.of(_days(connection, "temp.same_sketches"))
    connection.execute(SAME_TEXT.replace("$days", days.condition))
    if connection.execute("SELECT count(*) FROM temp.other_texts").fetchall() != [(0,)]:
        connection.execute(SAME_OTHER_TEXT)
    connection.execute(PRINTS)


def find_all_prints(connection: duckdb.DuckDBPyConnection, at_once: int = AT_ONCE) -> None:
    """Find the rows in all statements, and store them instead of those that are stored.

    Looks at parts of about `at_once` statements, each with all prints of its utterances or words.
    """
    [(statements,)] = connection.execute("SELECT count(*) FROM main.statements").fetchall()
    parts = 1 + statements // at_once
    for table, sql in FOUND.items():
        connection.execute(f"DELETE FROM figures.{table}")
        for part in range(parts):
            some = f"(FROM main.statements WHERE {KEYS[table]} % {parts} = {part})"
            connection.execute(f"INSERT INTO figures.{table} BY NAME {sql.replace('main.statements', some)}")
