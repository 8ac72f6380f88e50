"""Export a warehouse to files for other tools: tables, a graph of actors, linked data, a workbook.

Rows are streamed, so that memory does not grow with the size of the warehouse.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

import duckdb

from schema.errors import UNAVAILABLE
from warehouse.export.actor_graph import write_graphml
from warehouse.export.linked import write_jsonld
from warehouse.export.table_files import write_csv, write_parquet
from warehouse.export.workbook import write_xlsx
from warehouse.files.connect import RequestError
from warehouse.query.versions import connect_version

Form = Literal["parquet", "csv", "graphml", "jsonld", "xlsx"]

REFUSED = ("Read-only file system", "Permission denied", "Operation not permitted")
WRITERS: dict[Form, Callable[[duckdb.DuckDBPyConnection, Path], None]] = {
    "parquet": write_parquet,
    "csv": write_csv,
    "graphml": write_graphml,
    "jsonld": write_jsonld,
    "xlsx": write_xlsx,
}


class ExportError(RequestError):
    """The output exists already or cannot be written."""


class ExportRefused(ExportError):
    """The output cannot be written, because the disk or folder is not writable."""

    exit_code = UNAVAILABLE


def export(
    warehouse: Path | str, form: Form, out: Path, version_no: int | None = None, *, raw: bool = False
) -> Path:
    """Export the latest or an older version; `out` is a folder for `parquet` and `csv`, a file for other forms.

    With `raw`, CSV files keep control characters and texts that look like formulas unchanged.

    ExportError if `out` cannot be written or exists and is not an empty folder; WarehouseError or VersionError if
    the warehouse or the version cannot be opened.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise ExportError(f"{out} already exists; name another path, or remove it")
    with connect_version(warehouse, version_no) as connection:
        writer = partial(write_csv, raw=True) if raw and form == "csv" else WRITERS[form]
        try:
            writer(connection, out)
        except (OSError, duckdb.IOException) as error:
            refused = any(sign in str(error) for sign in REFUSED)
            raise (ExportRefused if refused else ExportError)(f"{out} cannot be written: {error}") from error
    return out
