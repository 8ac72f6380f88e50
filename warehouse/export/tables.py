"""All tables and the flat view -> a folder with a Parquet or CSV file of each, and their `dictionary.csv`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb

from warehouse.catalog import meaning_of
from warehouse.derive import literal, quoted
from warehouse.tables import TABLES

FLAT_VIEW = "main.who_said_what"


def write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """`<table>.parquet` for each table; those of the ledger are `ops.<table>.parquet`."""
    for name, target in _targets(folder, "parquet"):
        connection.execute(f"COPY (SELECT * FROM {name}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
    _write_dictionary(connection, folder)


def write_csv(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """`<table>.csv` for each table, UTF-8 with a head; lists are JSON, null is an empty cell without quotes."""
    for name, target in _targets(folder, "csv"):
        columns = ", ".join(
            f"to_json({quoted(column)}) AS {quoted(column)}" if kind.endswith("[]") else quoted(column)
            for column, kind in _columns(connection, name)
        )
        connection.execute(f"COPY (SELECT {columns} FROM {name}) TO {target} (FORMAT csv, HEADER)")
    _write_dictionary(connection, folder)


def _targets(folder: Path, suffix: str) -> Iterator[tuple[str, str]]:
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*(table.qualified for table in TABLES), FLAT_VIEW):
        yield name, literal(str(folder / f"{name.removeprefix('main.')}.{suffix}"))


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str]]:
    return [(column, kind) for column, kind, *_ in connection.execute(f"DESCRIBE {name}").fetchall()]


def _write_dictionary(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    with (folder / "dictionary.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "column", "type", "meaning"])
        for name in (*(table.qualified for table in TABLES), FLAT_VIEW):
            for column, kind in _columns(connection, name):
                writer.writerow([name.removeprefix("main."), column, kind, meaning_of(name, column)])
