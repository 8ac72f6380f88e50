"""Open a published warehouse as if all its rows were staged, so that checks can run again.

`staging` shows the published tables; `main` and `ops` are empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schema.derive import create_amended, create_table, literal, name_in, quoted, settled_columns, sql_type
from schema.table import Table
from schema.tables import TABLES
from warehouse.files.connect import WarehouseError, connect_memory, connect_readonly, lock
from warehouse.files.upgrade import list_missing
from warehouse.staging.next_version import OWN_TABLES, STAGING


@contextmanager
def open_published(path: Path | str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked connection to the warehouse; WarehouseError if it is missing or has another shape.

    Tables and optional columns that the warehouse does not have yet appear empty, as the next run will add them.
    """
    with connect_readonly(path) as connection:
        missing = list_missing(connection)
    with connect_memory() as connection:
        connection.execute(f"ATTACH {literal(str(path))} AS published (READ_ONLY)")
        connection.execute(f"CREATE SCHEMA ops; CREATE SCHEMA {STAGING}; {OWN_TABLES}")
        try:
            for table in TABLES:
                connection.execute(create_table(table))
                connection.execute(_staged_view(table, missing))
                if settled_columns(table):
                    connection.execute(create_amended(table))
        except duckdb.BinderException as error:
            raise WarehouseError(
                f"{path} was written by another version of On Record ({error}); use that version"
            ) from error
        lock(connection)
        yield connection


def _staged_view(table: Table, missing: set[str]) -> str:
    columns = ", ".join(
        f"NULL::{sql_type(column.dtype)} AS {quoted(column.name)}"
        if f"{table.qualified}.{column.name}" in missing
        else quoted(column.name)
        for column in table.columns
    )
    source = f"memory.{name_in(table)}" if table.qualified in missing else f"published.{name_in(table)}"
    return f"CREATE VIEW {name_in(table, STAGING)} AS SELECT {columns} FROM {source}"
