"""Store the rows of three views of statements that are printed several times, which are few of all statements.

The views are `utterances`, `wording_drift` and `repeated_statements`. Publishing updates the rows in its transaction:
it finds again the utterances, and the repeated words, of the statements that the version adds, changes or removes, or
whose articles it hides or changes. All rows are found again if other queries found the stored ones. Where the tables
are missing, as in a lake or an older version, the views find the rows. If another program hides articles, the views
show that after the next run.
"""

from __future__ import annotations

import duckdb

from schema.derive import HISTORY
from warehouse.files.catalog import FOUND_DRIFTS, FOUND_REPEATS, FOUND_UTTERANCES

# Table of stored rows -> the query that finds all of them.
FOUND = {"utterances": FOUND_UTTERANCES, "drifts": FOUND_DRIFTS, "repeats": FOUND_REPEATS}
WORDS = "hash(actor_id, content)"
_UTTERANCE = "hash(coalesce(utterance_id, statement_id))"
# Table of stored rows -> what all prints in one row have in common.
KEYS = {"utterances": _UTTERANCE, "drifts": _UTTERANCE, "repeats": WORDS}
AT_ONCE = 1_000_000  # statements; 3,000,000 of a million articles take more memory than a run has by default
_SHOWN = "article_id, copy_of, is_killed IS TRUE, outlet, agency, story_id, published_on"
_CHANGED = f"SELECT coalesce(utterance_id, statement_id) AS utterance_id, content, {WORDS} AS words"
# $v: the version. Articles of earlier versions of which the views show something else now, and what changed with them.
CHANGED = f"""
    CREATE OR REPLACE TEMP TABLE changed_articles AS
    SELECT article_id FROM (
        SELECT {_SHOWN} FROM {HISTORY}.articles WHERE until_version = $v
        EXCEPT SELECT {_SHOWN} FROM main.articles WHERE since_version = $v
    );
    CREATE OR REPLACE TEMP TABLE changed_statements AS
    {_CHANGED} FROM main.statements WHERE since_version = $v
    UNION {_CHANGED} FROM {HISTORY}.statements WHERE until_version = $v
    UNION {_CHANGED} FROM main.statements WHERE rowid IN (
        SELECT rowid FROM main.statements SEMI JOIN temp.changed_articles USING (article_id) WHERE since_version <> $v
    )"""
# All statements with these utterances or contents, and their articles and actors. Keys are read first, and the other
# columns by row number.
PRINTS = """
    CREATE OR REPLACE TEMP TABLE prints AS
    SELECT statement_id, utterance_id, article_id, actor_id, kind, published_on, content, correction
    FROM main.statements
    WHERE rowid IN (
        SELECT rowid FROM main.statements WHERE utterance_id IN (SELECT utterance_id FROM temp.changed_statements)
        UNION SELECT rowid FROM main.statements WHERE content IN (SELECT content FROM temp.changed_statements)
        UNION SELECT rowid FROM main.statements
        WHERE utterance_id IS NULL AND statement_id IN (SELECT utterance_id FROM temp.changed_statements)
    );
    CREATE OR REPLACE TEMP TABLE their_articles AS
    SELECT article_id, copy_of, is_killed, outlet, agency, story_id, published_on
    FROM main.articles SEMI JOIN temp.prints USING (article_id);
    CREATE OR REPLACE TEMP TABLE their_actors AS
    SELECT actor_id FROM main.actors SEMI JOIN temp.prints USING (actor_id)"""
_AMONG_CHANGED = "IN (SELECT {0} FROM temp.changed_statements)"
_UTTERANCES = _AMONG_CHANGED.format("utterance_id")
# Of an utterance: which stored rows are found again, and in which statements.
_OF_UTTERANCE = (f"utterance_id {_UTTERANCES}", f"coalesce(utterance_id, statement_id) {_UTTERANCES}")
_OF_WORDS = (f"{WORDS} {_AMONG_CHANGED.format('words')}",) * 2
AGAIN = {"utterances": _OF_UTTERANCE, "drifts": _OF_UTTERANCE, "repeats": _OF_WORDS}
TEMPORARY = ("changed_articles", "changed_statements", "prints", "their_articles", "their_actors")


def update_prints(connection: duckdb.DuckDBPyConnection, version_no: int) -> None:
    """Apply the changes of `version_no` to the stored rows, which must be those of the version before it."""
    connection.execute(CHANGED.replace("$v", str(version_no)))
    connection.execute(PRINTS)
    for table, (rows, statements) in AGAIN.items():
        sql = FOUND[table].replace("main.statements", f"(FROM temp.prints WHERE {statements})")
        sql = sql.replace("main.articles", "temp.their_articles").replace("main.actors", "temp.their_actors")
        connection.execute(f"DELETE FROM figures.{table} WHERE {rows}")
        connection.execute(f"INSERT INTO figures.{table} BY NAME {sql}")
    connection.execute("; ".join(f"DROP TABLE temp.{name}" for name in TEMPORARY))


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
