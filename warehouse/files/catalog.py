"""Write views, macros and comments into the published file.

The SQL files in `views/` and `macros/` each define one view or macro; comments on tables come from `schema/tables.py`.
The macro `ops.described_by` records which version of the code wrote them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Set
from functools import cache
from pathlib import Path

import duckdb

from schema.derive import comments, in_every_schema, literal, quoted, stored_columns
from schema.tables import BY_NAME, TABLES

VIEWS = Path(__file__).parents[1] / "views"
MACROS = Path(__file__).parents[1] / "macros"
DESCRIBED_BY = """
    SELECT macro_definition FROM duckdb_functions()
    WHERE database_name = current_database() AND schema_name = 'ops' AND function_name = 'described_by'"""
# The view `replies` in two parts: a query that finds the replies, and the view proper. Publishing stores the rows of
# the first part in `figures.replies`, which the view of a published file reads, see `warehouse/query/kept_replies.py`.
_search, _end, _shown = (VIEWS / "replies.sql").read_text(encoding="utf-8").partition("\n)\n\nSELECT\n")
FOUND_REPLIES = f"{_search}\n)\n\nFROM found"
# Likewise `positions`, see `warehouse/query/kept_stances.py`. The stored rows are grouped by a number, and the most
# certain print of an utterance is looked up by its row number: ids of ten million rows would take ten times as long.
# The number alone would do, but only a filter on a column of the groups is applied before the rows are grouped.
_found, _, _rest = (VIEWS / "positions.sql").read_text(encoding="utf-8").partition(",\n\nbest AS (")
FOUND_STANCES = f"{_found}\n\nFROM found"
_JUDGED = """
    SELECT s.* EXCLUDE (speaker_id, subject_id, published_on), j.* EXCLUDE (place)
    FROM (
        SELECT
            speaker_id, subject_id, min(published_on) AS published_on, count(*) AS prints,
            arg_max(place, certainty) AS place
        FROM (
            SELECT
                rowid AS place, position_no, speaker_id, subject_id, article_id, published_on,
                CAST(confidence * 1e9 AS UBIGINT) * 4294967296 + hash(statement_id) // 4294967296 AS certainty
            FROM figures.stances
        )
        ANTI JOIN (FROM main.articles WHERE copy_of IS NOT NULL OR is_killed) USING (article_id)
        GROUP BY position_no, speaker_id, subject_id
    ) AS j
    JOIN figures.stances AS s ON s.rowid = j.place"""
# Likewise the views of prints, see `warehouse/query/kept_prints.py`. What comes before and after the stored rows:
_of_utterances, _, _utterances = (
    (VIEWS / "utterances.sql").read_text(encoding="utf-8").partition(",\n\nsaid AS (")
)
_of_drifts, _, _drifts = (
    (VIEWS / "wording_drift.sql").read_text(encoding="utf-8").partition(",\n\npairs AS (")
)
_of_repeats, _, _repeats = (VIEWS / "repeated_statements.sql").read_text(encoding="utf-8").partition(_end)
FOUND_UTTERANCES = f"{_of_utterances}\n\nFROM found"
FOUND_DRIFTS = f"{_of_drifts}\n\nFROM found"
FOUND_REPEATS = f"{_of_repeats}\n)\n\nFROM found"
_REPEATED = """
    WITH found AS (FROM figures.utterances),
    repeated AS (SELECT hash(utterance_id) AS utterance FROM figures.utterances),
    articles AS (
        SELECT article_id, coalesce(outlet, agency) AS outlet
        FROM main.articles
        WHERE copy_of IS NULL AND is_killed IS NOT TRUE
    ),
    said AS ("""
# Table of stored rows -> the view that reads it, and the query of the view.
KEPT = {
    "replies": ("replies", f"WITH found AS (FROM figures.replies{_end}{_shown}"),
    "stances": ("positions", f"WITH judged AS ({_JUDGED}{_end}{_rest.partition(_end)[2]}"),
    "utterances": ("utterances", f"{_REPEATED}{_utterances}"),
    "drifts": ("wording_drift", f"WITH found AS (FROM figures.drifts), pairs AS ({_drifts}"),
    "repeats": ("repeated_statements", f"WITH found AS (FROM figures.repeats{_end}{_repeats}"),
}
# The queries that find the stored rows. The macro `figures.found_by` has a hash of those that found them.
FIND_KEPT = (FOUND_REPLIES, FOUND_STANCES, FOUND_UTTERANCES, FOUND_DRIFTS, FOUND_REPEATS)
FOUND_BY = """
    SELECT macro_definition FROM duckdb_functions()
    WHERE database_name = current_database() AND schema_name = 'figures' AND function_name = 'found_by'"""
LIST_KEPT = """
    SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'figures'"""
# Column name -> its meaning in the first table that has it.
DOCS = {column.name: column.doc for table in reversed(TABLES) for column in stored_columns(table)}


def describe(connection: duckdb.DuckDBPyConnection) -> None:
    """Recreate views, macros and comments, unless they are current."""
    kept = {name for (name,) in connection.execute(LIST_KEPT).fetchall()} & KEPT.keys()
    code = _hash_code(kept)
    if connection.execute(DESCRIBED_BY).fetchall() == [(literal(code),)]:
        return
    create_views(connection)
    for view, sql in (KEPT[name] for name in kept):
        connection.execute(f"CREATE OR REPLACE VIEW main.{view} AS {sql}")
    for file in sorted(VIEWS.glob("*.sql")):
        connection.execute(f"COMMENT ON VIEW main.{quoted(file.stem)} IS {literal(grain(file))}")
        _comment_columns(connection, file)
    for file in sorted(MACROS.glob("*.sql")):
        connection.execute(file.read_text(encoding="utf-8"))
        connection.execute(f"COMMENT ON MACRO TABLE main.{quoted(file.stem)} IS {literal(grain(file))}")
    connection.execute("; ".join(_comments()))
    connection.execute(f"CREATE OR REPLACE MACRO ops.described_by() AS {literal(code)}")


def has_current_rows(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether all tables in `KEPT` are stored, and the queries that found their rows are the same as now."""
    stored = {name for (name,) in connection.execute(LIST_KEPT).fetchall()}
    return KEPT.keys() <= stored and connection.execute(FOUND_BY).fetchall() == [(literal(_hash_found()),)]


def note_current_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Note that the stored rows are those that the queries of now find."""
    connection.execute(f"CREATE OR REPLACE MACRO figures.found_by() AS {literal(_hash_found())}")


def _hash_found() -> str:
    """A hash of the queries that find the stored rows, without their comments."""
    plain = [" ".join(re.sub("--.*", "", sql).split()) for sql in FIND_KEPT]
    return hashlib.sha256("\0".join(plain).encode()).hexdigest()[:16]


def _comments() -> list[str]:
    return [comment for table, schema in in_every_schema() for comment in comments(table, schema)]


def _hash_code(kept: Set[str]) -> str:
    """A hash of the views, macros and comments that this version of the code writes; `kept` are stored tables."""
    files = [*sorted(VIEWS.glob("*.sql")), *sorted(MACROS.glob("*.sql"))]
    parts = [*(f"{file.stem} {file.read_text(encoding='utf-8')}" for file in files), *_comments()]
    parts += [sql for name, (_, sql) in KEPT.items() if name in kept]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Create or replace all views on the tables of `main` and `ops` of the connection."""
    for file in sorted(VIEWS.glob("*.sql")):
        sql = file.read_text(encoding="utf-8")
        connection.execute(f"CREATE OR REPLACE VIEW main.{quoted(file.stem)} AS\n{sql}")


def _comment_columns(connection: duckdb.DuckDBPyConnection, view: Path) -> None:
    place = f"main.{view.stem}"
    names = [name for name, *_ in connection.execute(f"DESCRIBE main.{quoted(view.stem)}").fetchall()]
    connection.execute(
        "; ".join(
            f"COMMENT ON COLUMN main.{quoted(view.stem)}.{quoted(name)} IS {literal(meaning_of(place, name))}"
            for name in names
        )
    )


def meaning_of(place: str, column: str) -> str:
    """The meaning of a column of a table or view; KeyError if none is written down.

    For a view, the meaning is the comment after the column in the view's file (`count(*) AS n, -- how many`). Without a
    comment, it is the meaning of that column in the first table that has it.
    """
    schema, _, name = place.partition(".")
    if name in BY_NAME and BY_NAME[name].schema == schema:
        return {declared.name: declared.doc for declared in stored_columns(BY_NAME[name])}[column]
    meaning = _written_meanings(VIEWS / f"{name}.sql").get(column) or DOCS.get(column)
    if meaning is None:
        raise KeyError(f"{column} of {place} has no meaning; add one after the column: AS {column}, -- ...")
    return meaning


@cache
def _written_meanings(view: Path) -> dict[str, str]:
    """Map each column of a view to the comment after it in the view's file."""
    return dict(re.findall(r"(\w+),? -- (.+)$", view.read_text(encoding="utf-8"), re.MULTILINE))


def grain(file: Path) -> str:
    """The first comment in the file of a view or macro, which says what one row is."""
    first = file.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("--").strip()


def tables_sql() -> str:
    """A query for the name, kind, number of rows (only of tables) and meaning of each table, view and macro."""
    return """
        SELECT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END || table_name AS name, 'table' AS kind,
            estimated_size AS rows, comment AS meaning
        FROM duckdb_tables() WHERE schema_name IN ('main', 'ops')
        UNION ALL
        SELECT view_name, 'view', NULL, comment FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal
        UNION ALL
        SELECT function_name || '(' || array_to_string(parameters, ', ') || ')', 'macro', NULL, comment
        FROM duckdb_functions() WHERE schema_name = 'main' AND function_type = 'table_macro' AND NOT internal
        ORDER BY kind DESC, name"""


def columns_sql(name: str) -> str:
    """A query for the name, type and meaning of each column of a table or view; no rows if it does not exist."""
    schema, _, table = name.rpartition(".")
    return f"""
        SELECT column_name AS "column", data_type AS type, comment AS meaning
        FROM duckdb_columns()
        WHERE schema_name = {literal(schema or "main")} AND table_name = {literal(table)}
        ORDER BY column_index"""
