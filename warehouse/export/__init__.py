"""A warehouse -> files for other tools: its tables, a network of actors, linked data, a workbook.

Rows are written as they are read; whatever the size of the warehouse, only those under way are in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import Literal

import duckdb

from warehouse.connect import RequestError
from warehouse.derive import literal
from warehouse.export.linked import write_jsonld
from warehouse.export.network import write_graphml
from warehouse.export.tables import write_csv, write_parquet
from warehouse.export.workbook import write_xlsx
from warehouse.versions import connect_version

Form = Literal["parquet", "csv", "graphml", "jsonld", "xlsx"]
MEMORY = "1GB"  # what sorting needs beyond that goes to a temporary file

WRITERS: dict[Form, Callable[[duckdb.DuckDBPyConnection, Path], None]] = {
    "parquet": write_parquet,
    "csv": write_csv,
    "graphml": write_graphml,
    "jsonld": write_jsonld,
    "xlsx": write_xlsx,
}


class ExportError(RequestError):
    """What is to be written is there already, or cannot be written."""


def export(warehouse: Path | str, form: Form, out: Path, version_no: int | None = None) -> Path:
    """Write the latest or an older version: `out` is a folder for `parquet` and `csv`, else a file.

    `ExportError` when `out` exists (an empty folder apart) or cannot be written; `WarehouseError` and
    `VersionError` as when a warehouse is opened.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise ExportError(f"{out} is there already")
    with connect_version(warehouse, version_no) as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = {literal(gettempdir())}")
        try:
            WRITERS[form](connection, out)
        except (OSError, duckdb.IOException) as error:
            raise ExportError(f"{out} cannot be written: {error}") from error
    return out
