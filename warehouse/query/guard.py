"""Split SQL typed by users into statements, and refuse statements that could do more than read.

A locked connection (see `warehouse/files/connect.py`) has gaps, which this module closes: `COPY` can write the log next
to an attached file, `DETACH` and `ATTACH` can open that file for writing, and enabling a log at a locked path ends the
process. A `PRAGMA` that lists something is a query and allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import duckdb

from warehouse.files.connect import RequestError

READING = {"SELECT", "EXPLAIN", "RELATION", "LOGICAL_PLAN"}
# Statements that DuckDB itself refuses on a read-only file, or that change only the connection.
HARMLESS = {"CREATE", "CREATE_FUNC", "INSERT", "UPDATE", "DELETE", "MERGE_INTO", "DROP", "ALTER", "SET",
            "VARIABLE_SET", "TRANSACTION", "ANALYZE"}  # fmt: skip
ADVICE = {
    "COPY": "write the answer with --out FILE --format csv, json or parquet",
    "EXPORT": "onrecord export writes all tables",
    "CALL": "write it as a query: FROM name()",
    "PREPARE": "run the query itself",
}
# Functions that change the connection, run SQL from a string, or take a memory address.
REFUSED = {
    "query", "json_execute_serialized_sql", "enable_logging", "disable_logging", "truncate_duckdb_logs",
    "enable_profiling", "disable_profiling", "checkpoint", "force_checkpoint", "python_map_function", "pandas_scan",
    "arrow_scan", "arrow_scan_dumb", "read_duckdb", "seq_scan",
}  # fmt: skip
# Functions of extensions that reach servers despite the lock, or change a lake.
REACHING = ("postgres_", "mysql_", "sqlite_", "ducklake_")
LOOKING = {"ducklake_snapshots", "ducklake_table_info", "ducklake_list_files", "ducklake_table_changes",
           "ducklake_table_insertions", "ducklake_table_deletions"}  # fmt: skip
NAME = re.compile(r'"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>[^\W\d]\w*)')


class QueryError(RequestError):
    """The SQL is wrong, takes too long, or tries to do more than read; the message is on one line."""


def read_statements(connection: duckdb.DuckDBPyConnection, sql: str) -> list[duckdb.Statement]:
    """Split `sql` into statements; QueryError if a statement does more than read, duckdb.Error if it is wrong."""
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in sql):
        raise QueryError("the query has an invalid character: a NUL, or half of a surrogate pair")
    statements = connection.extract_statements(sql)
    for name in called_functions(sql):
        if name in REFUSED or (name.startswith(REACHING) and name not in LOOKING):
            raise QueryError(f"{name}() is not allowed here: the warehouse is read-only")
    for statement in statements:
        _require_reading(connection, statement)
    return statements


def _require_reading(connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> None:
    kind = statement.type.name
    if kind == "EXPLAIN":
        for explained in connection.extract_statements(_explained(statement.query)):
            if explained.type.name not in READING - {"EXPLAIN"}:
                raise QueryError(
                    f"EXPLAIN of {explained.type.name} is not allowed here; explain a query instead"
                )
    elif kind not in READING | HARMLESS:
        advice = f"; {ADVICE[kind]}" if kind in ADVICE else ""
        raise QueryError(f"{kind} is not allowed here: the warehouse is read-only{advice}")


def _explained(sql: str) -> str:
    """The statement after `EXPLAIN`, `EXPLAIN ANALYZE` or `EXPLAIN (FORMAT json)`."""
    tokens = [*_tokens(sql)][1:]
    if tokens and re.match(r"analy[sz]e\b", tokens[0][1], re.I):
        tokens = tokens[1:]
    if tokens and tokens[0][1].startswith("("):
        end = next((at for at, (_, text) in enumerate(tokens) if text.startswith(")")), len(tokens))
        tokens = tokens[end + 1 :]
    return sql.encode()[tokens[0][0] :].decode() if tokens else ""


def called_functions(sql: str) -> Iterator[str]:
    """Yield each name before an opening bracket, in lower case and without quotes, even if a comment is between."""
    tokens = [*_tokens(sql)]
    for (_, text), (_, after) in pairwise(tokens):
        if after.startswith("(") and (name := NAME.match(text)):
            yield (name["plain"] or name["quoted"].replace('""', '"')).lower()


def _tokens(sql: str) -> Iterator[tuple[int, str]]:
    """Yield each token's start in bytes, and its text with everything up to the next token."""
    raw = sql.encode()
    places = [place for place, _ in duckdb.tokenize(sql)]
    for place, end in pairwise([*places, len(raw)]):
        yield place, raw[place:end].decode(errors="replace")


def without_end(sql: str) -> str:
    """The query without trailing semicolons and comments, so that it can be put in brackets."""
    tokens = [*_tokens(sql)]
    while tokens and tokens[-1][1].startswith(";"):
        sql = sql.encode()[: tokens.pop()[0]].decode().rstrip()
    return f"{sql}\n" if "--" in sql[sql.rfind("\n") + 1 :] else sql
