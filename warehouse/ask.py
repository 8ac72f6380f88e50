"""SQL as people type it -> the frames it answers with, one a statement; it cannot change the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from warehouse.connect import WarehouseError
from warehouse.versions import connect_version


class QueryError(WarehouseError):
    """The SQL is wrong, or tries to write; the text is DuckDB's, on one line."""


def ask(path: Path | str, sql: str, version_no: int | None = None) -> Iterator[pl.DataFrame]:
    """The answer of each statement in `sql`, in order, of the latest or an older version of the warehouse.

    Statements without an answer give nothing. Raises `WarehouseError` when there is no warehouse at `path`,
    `VersionError` when it never had that version, `QueryError` at the statement that is wrong.
    """
    with connect_version(path, version_no) as connection:
        try:
            for statement in connection.extract_statements(sql):
                relation = connection.sql(statement)
                if relation is not None:
                    yield relation.pl()
        except duckdb.Error as error:
            raise QueryError(_one_line(error)) from error


def _one_line(error: duckdb.Error) -> str:
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
