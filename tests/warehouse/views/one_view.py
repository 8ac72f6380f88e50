"""Read a view over tables that have only the columns and rows of a test."""

from pathlib import Path
from typing import Any

import duckdb
import polars as pl

import warehouse

VIEWS = Path(warehouse.__file__).parent / "views"


def read_view(name: str, columns: str, tables: dict[str, pl.DataFrame]) -> list[tuple[Any, ...]]:
    """Return the `columns` of all rows of the view, for tables with the rows of the data frames."""
    with duckdb.connect() as connection:
        for table, frame in tables.items():
            connection.register("frame", frame)
            connection.execute(f"CREATE TABLE {table} AS FROM frame")
        connection.execute(f"CREATE VIEW {name} AS {(VIEWS / f'{name}.sql').read_text(encoding='utf-8')}")
        return connection.execute(f"SELECT {columns} FROM {name} ORDER BY ALL").fetchall()
