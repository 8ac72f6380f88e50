"""Write each table and the flat view to a Parquet or CSV file, and the meanings of columns to `dictionary.csv`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from schema.derive import quoted
from schema.tables import TABLES
from warehouse.export.export_rows import inert_frame
from warehouse.files.catalog import meaning_of

FLAT_VIEW = "main.who_said_what"
ROWS_OF_A_GROUP = 50_000


def write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write `<table>.parquet` for each table of `main`, and `ops.<table>.parquet` for each table of the ledger."""
    import pyarrow.parquet as parquet

    for name, target in _targets(folder, "parquet"):
        reader = connection.execute(f"FROM {name}").to_arrow_reader(ROWS_OF_A_GROUP)
        with parquet.ParquetWriter(target, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
    _write_dictionary(connection, folder)


def write_csv(connection: duckdb.DuckDBPyConnection, folder: Path, *, raw: bool = False) -> None:
    """Write `<table>.csv` for each table, in UTF-8 with a header; lists are JSON, null is an empty cell without quotes.

    Unless `raw`, texts that look like formulas begin with an apostrophe, and control characters except tabs and line
    ends become spaces.
    """
    for name, target in _targets(folder, "csv"):
        columns = _columns(connection, name)
        with target.open("wb") as out:
            out.write((",".join(column for column, _ in columns) + "\n").encode())
            for batch in _read_texts(connection, name, columns, raw=raw):
                batch.write_csv(out, include_header=False)
    _write_dictionary(connection, folder)


def _read_texts(
    connection: duckdb.DuckDBPyConnection, name: str, columns: list[tuple[str, str]], *, raw: bool
) -> Iterator[pl.DataFrame]:
    """Yield the rows of a table, with all values as text for CSV."""
    texts = ", ".join(
        f"{f'to_json({quoted(column)})' if kind.endswith('[]') else quoted(column)}::VARCHAR AS {quoted(column)}"
        for column, kind in columns
    )
    written = [column for column, kind in columns if kind == "VARCHAR"]
    for batch in connection.execute(f"SELECT {texts} FROM {name}").to_arrow_reader(ROWS_OF_A_GROUP):
        frame = pl.DataFrame(batch)
        yield frame if raw else frame.with_columns(inert_frame(frame.select(written)))


def _targets(folder: Path, suffix: str) -> Iterator[tuple[str, Path]]:
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*(table.qualified for table in TABLES), FLAT_VIEW):
        yield name, folder / f"{name.removeprefix('main.')}.{suffix}"


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str]]:
    return [(column, kind) for column, kind, *_ in connection.execute(f"DESCRIBE {name}").fetchall()]


def _write_dictionary(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    with (folder / "dictionary.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "column", "type", "meaning"])
        for name in (*(table.qualified for table in TABLES), FLAT_VIEW):
            for column, kind in _columns(connection, name):
                writer.writerow([name.removeprefix("main."), column, kind, meaning_of(name, column)])
