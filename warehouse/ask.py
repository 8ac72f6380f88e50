"""SQL as people type it -> what it answers with, piece by piece; it cannot change the warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.connect import RequestError
from warehouse.derive import quoted
from warehouse.versions import connect_version

ROWS_AT_ONCE = 10_000
STRANGE = re.compile(r"\b(INTERVAL|UNION|VARIANT|BIGNUM|BIT)\b")


class QueryError(RequestError):
    """The SQL is wrong, or tries to write; the text is DuckDB's, on one line."""


@dataclass(frozen=True)
class Answer:
    """What one statement answers: `head` has its columns and no row; `batches`, read once, all rows."""

    head: pl.DataFrame
    batches: Iterator[pl.DataFrame]

    @classmethod
    def of(cls, rows: pl.DataFrame) -> Answer:
        """An answer that is known as a whole."""
        return cls(rows.clear(), iter([rows]))

    def read(self) -> pl.DataFrame:
        """All rows in one frame."""
        return pl.concat([self.head, *self.batches])


def ask(path: Path | str, sql: str, version_no: int | None = None) -> Iterator[Answer]:
    """The answer of each statement in `sql`, in order, of the latest or an older version of the warehouse.

    An answer must be read before the next one is asked for; at no time are all its rows in memory. Statements
    without an answer give nothing. Raises `WarehouseError` when there is no warehouse at `path`, `VersionError`
    when it never had that version, `QueryError` at the statement that is wrong.
    """
    with connect_version(path, version_no) as connection:
        yield from ask_on(connection, sql)


def ask_on(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Answer]:
    """The same on a connection that cannot write."""
    with _errors_told():
        for statement in connection.extract_statements(sql):
            connection.execute(statement)
            if duckdb.ExpectedResultType.QUERY_RESULT in statement.expected_result_type:
                yield _open_answer(_with_strange_as_text(connection, statement))


def _with_strange_as_text(
    connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement
) -> duckdb.DuckDBPyConnection | duckdb.DuckDBPyRelation:
    """What was asked; asked again with columns as text whose types Polars does not have: an interval, a union."""
    strange = [quoted(name) for name, kind, *_ in connection.description if STRANGE.search(str(kind))]
    if not strange or statement.type != duckdb.StatementType.SELECT:
        return connection
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in strange)
    return connection.sql(statement).project(f"* REPLACE ({texts})")


def _open_answer(asked: duckdb.DuckDBPyConnection | duckdb.DuckDBPyRelation) -> Answer:
    reader = asked.to_arrow_reader(ROWS_AT_ONCE)
    head = pl.DataFrame(reader.schema.empty_table())
    return Answer(head, _read_batches(reader, head.schema))


def _read_batches(reader: Iterable[Any], schema: pl.Schema) -> Iterator[pl.DataFrame]:
    with _errors_told():
        for batch in reader:
            yield pl.DataFrame(batch, schema)


@contextmanager
def _errors_told() -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, OSError) as error:  # Arrow gives errors on the way as OSError
        if isinstance(error, BrokenPipeError):
            raise
        raise QueryError(_one_line(error)) from error


def _one_line(error: Exception) -> str:
    """`Binder Error: ... LINE 1: selec 1 ^` keeps its first paragraph and the hint, not the drawing."""
    head = str(error).split("\n\nLINE ")[0]
    return " ".join(head.split())


def require_select(sql: str) -> None:
    """`QueryError` unless `sql` is one statement that only reads; whether its tables are there is not looked at."""
    with duckdb.connect() as connection:
        try:
            statements = connection.extract_statements(sql)
        except duckdb.Error as error:
            raise QueryError(_one_line(error)) from error
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        raise QueryError("it must be one SELECT")
