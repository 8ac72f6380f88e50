"""A published warehouse -> a connection on which it looks as if all of it were staged, for checks to be run again.

`staging` shows the published tables; `main` and `ops` are empty, for nothing is published beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schema.derive import create_amended, create_table, literal, name_in, quoted, settled_columns
from schema.tables import TABLES, Table
from warehouse.files.connect import WarehouseError, connect_memory, connect_readonly, lock
from warehouse.staging.next_version import OWN_TABLES, STAGING


@contextmanager
def open_published(path: Path | str) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection; `WarehouseError` when there is no warehouse at `path`, or one of another shape."""
    connect_readonly(path).close()
    with connect_memory() as connection:
        connection.execute(f"ATTACH {literal(str(path))} AS published (READ_ONLY)")
        connection.execute(f"CREATE SCHEMA ops; CREATE SCHEMA {STAGING}; {OWN_TABLES}")
        try:
            for table in TABLES:
                connection.execute(create_table(table))
                connection.execute(_staged_view(table))
                if settled_columns(table):
                    connection.execute(create_amended(table))
        except duckdb.BinderException as error:
            raise WarehouseError(f"{path} was made by another version of the product: {error}") from error
        lock(connection)
        yield connection


def _staged_view(table: Table) -> str:
    columns = ", ".join(quoted(column.name) for column in table.columns)
    return f"CREATE VIEW {name_in(table, STAGING)} AS SELECT {columns} FROM published.{name_in(table)}"
