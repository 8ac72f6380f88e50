"""Path of a warehouse -> connections to it; whatever is wrong with the file is a `WarehouseError` that names it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

# No extension is ever fetched from the network.
CONFIG: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": False}


class WarehouseError(Exception):
    """The warehouse file is missing, damaged, in use, or of another shape than the declaration."""


class RequestError(WarehouseError):
    """The warehouse is as it should be; what was asked of it is not."""


def require_usable(path: Path | str) -> None:
    """`WarehouseError` unless a version can be published at `path`.

    Its folder (made when there is none) must be writable, and what stands there already a DuckDB file.
    """
    path = Path(path).absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(f"{path.parent} is no folder and cannot be made: {error.strerror}") from error
    if not os.access(path.parent, os.W_OK):
        raise WarehouseError(f"{path.parent} may not be written to (permission denied)")
    if path.is_dir():
        raise WarehouseError(f"{path} is a folder, not a DuckDB file")
    if path.exists():
        connect_readonly(path).close()


def connect_readonly(path: Path | str) -> duckdb.DuckDBPyConnection:
    """A connection that cannot write; `WarehouseError` when the file is missing or no warehouse.

    It goes on seeing the version it opened when a later run publishes another one in its place.
    """
    if not Path(path).is_file():
        raise WarehouseError(f"there is no warehouse at {path}; make one with: onrecord ingest PATH...")
    return connect(path, read_only=True)


def connect(path: Path | str, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection with the settings all of ours share: UTC, nothing fetched from the network."""
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=CONFIG)
        connection.execute("SET TimeZone='UTC'; SET enable_progress_bar = false")
    except duckdb.Error as error:
        raise WarehouseError(f"{path} cannot be opened as a DuckDB file: {error}") from error
    return connection


def connect_memory() -> duckdb.DuckDBPyConnection:
    """A connection to no file, with the same settings."""
    return connect(":memory:")


def query(
    path: Path | str, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """The rows of one query on the warehouse at `path`; `duckdb.Error` when the query is wrong."""
    with connect_readonly(path) as connection:
        relation = connection.sql(sql, params=params)
        return pl.DataFrame() if relation is None else relation.pl()
