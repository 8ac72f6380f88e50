"""Open connections to a warehouse; any problem with the file raises a WarehouseError that names the file.

A read-only connection is locked: its SQL cannot reach other files, the network or settings. The lock does not prevent
`COPY` to the log next to the file, nor `DETACH` and `ATTACH` for writing; `warehouse/query/guard.py` refuses these.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import disk_usage
from tempfile import gettempdir
from threading import Lock
from typing import Any

import duckdb
import polars as pl

from schema.derive import literal
from schema.errors import UNAVAILABLE, USAGE, OnRecordError

# Never download extensions, and never use Python variables as tables.
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "python_enable_replacements": False,
    # By default, DuckDB 2 writes files that DuckDB 1 cannot open, and DuckDB 1.5 files without zstd.
    "storage_compatibility_version": "v1.5.0",
    # A join with at most this many rows, such as the rowids of the rows to read, skips the blocks without a match.
    "dynamic_or_filter_threshold": 1000,
}
HELD = re.compile(r"Conflicting lock is held in (.*?) \(PID (\d+)\)")
# Folder for what does not fit into memory, with the number of the process; one of a process that no longer runs is
# removed after this many seconds without a change.
SPILL = re.compile(r"onrecord-(\d+)-[0-9a-f]{16}")
ABANDONED = 86_400
POLL = 0.5  # seconds between two attempts to open a file that another program writes to
_locking = (
    Lock()
)  # connections of one process to one file share a database, and only the first one can change settings
MEMORY = "1GB"  # memory that a reading connection uses before it writes to a temporary file


class WarehouseError(OnRecordError):
    """The warehouse file is missing, damaged, in use, or does not have the declared shape."""

    exit_code = UNAVAILABLE


class WarehouseBusy(WarehouseError):
    """Another program has the file open for writing, as DuckDB's command-line client does by default."""

    def __init__(self, text: str, writer: str) -> None:
        super().__init__(text, writer)
        self.writer = writer

    def __str__(self) -> str:
        return str(self.args[0])


class RequestError(OnRecordError):
    """The request is wrong; the warehouse is not at fault."""

    exit_code = USAGE


def require_usable(path: Path | str, *, make_folder: bool = True, wait: float = 0) -> None:
    """Raise WarehouseError unless a run can publish at `path`.

    If another program still writes to the file after `wait` seconds, the error is WarehouseBusy. The folder must be
    writable, or it must be possible to create the folder (`make_folder` creates it). An existing file must be a DuckDB
    file.
    """
    path = Path(path).absolute()
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(f"the folder {path.parent} cannot be created: {error.strerror}") from error
    existing = next(folder for folder in path.parents if os.path.lexists(folder))
    if not existing.is_dir():
        raise WarehouseError(f"the folder {path.parent} cannot be created: {existing} is a file")
    if not os.access(existing, os.W_OK):
        raise WarehouseError(f"{existing} is not writable (permission denied)")
    if path.is_dir():
        raise WarehouseError(f"{path} is a folder, not a DuckDB file")
    if path.exists():
        _wait_for_writer(path, wait)


def _wait_for_writer(path: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            connect_readonly(path).close()
            return
        except WarehouseBusy:
            if time.monotonic() >= until:
                raise
            time.sleep(min(POLL, max(0.0, until - time.monotonic())))


def find_writer(path: Path | str) -> str | None:
    """The program that has the file open for writing; None if there is none, or if the file cannot be opened."""
    try:
        if Path(path).is_file():
            connect_readonly(path).close()
    except WarehouseBusy as error:
        return error.writer
    except WarehouseError:
        pass
    return None


def connect_readonly(path: Path | str, memory: str = MEMORY) -> duckdb.DuckDBPyConnection:
    """A locked read-only connection; WarehouseError if the file is missing or not a warehouse.

    The connection keeps showing the version that it opened, even if a later run publishes another version. All
    connections of a process to one file share their memory, so they must all pass the same value of `memory`.
    """
    if not Path(path).is_file():
        raise WarehouseError(f"there is no warehouse at {path}; create one with: onrecord ingest PATH...")
    spill = _name_spill(sha256(os.fsencode(Path(path).absolute())).hexdigest()[:16])
    closed = {"enable_external_access": False, "memory_limit": memory, "temp_directory": spill}
    closed["max_temp_directory_size"] = most_spilled()
    connection = _open(path, read_only=True, config=CONFIG | closed)
    with _locking:
        if not connection.execute("SELECT current_setting('lock_configuration')").fetchall()[0][0]:
            connection.execute(f"{SHARED}; SET GLOBAL lock_configuration = true")
    return connection


def connect(path: Path | str, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """A writable connection with the common settings: UTC, no downloaded extensions.

    With `memory`, data beyond this limit is written to a folder next to the file. Without it, DuckDB may take most of
    the machine's memory.
    """
    connection = _open(path, read_only=False, config=CONFIG | ({"memory_limit": memory} if memory else {}))
    connection.execute(SHARED)
    return connection


SHARED = "SET GLOBAL TimeZone = 'UTC'; SET enable_progress_bar = false"


def _open(path: Path | str, *, read_only: bool, config: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    with _naming(path):
        return duckdb.connect(str(path), read_only=read_only, config=config)


@contextmanager
def _naming(path: Path | str) -> Iterator[None]:
    """Turn errors in the block into WarehouseError with the path of the file."""
    try:
        yield
    except duckdb.Error as error:
        if held := HELD.search(str(error)):
            writer = f"{Path(held[1]).name} (process {held[2]})"
            text = f"{path} is open for writing in {writer}; close it there, or open it read-only there"
            raise WarehouseBusy(text, writer) from error
        damage = WarehouseError(f"{path} cannot be opened as a DuckDB file: {error}")
        damage.advice = "onrecord doctor says how to recover the warehouse"
        raise damage from error


def connect_memory() -> duckdb.DuckDBPyConnection:
    """An in-memory connection with the common settings; call `lock` once everything it needs is attached."""
    return connect(":memory:")


def lock(
    connection: duckdb.DuckDBPyConnection,
    memory: str = MEMORY,
    folders: Sequence[Path | str] = (),
    files: Sequence[Path | str] = (),
) -> None:
    """Restrict SQL on this connection to attached databases, `folders` and `files`, and freeze its settings."""
    allowed = [", ".join(literal(str(path)) for path in paths) for paths in (folders, files)]
    limit(connection, memory)
    connection.execute(
        f"SET allowed_directories = [{allowed[0]}]; SET allowed_paths = [{allowed[1]}]; "
        f"SET enable_external_access = false; SET GLOBAL lock_configuration = true"
    )


def limit(connection: duckdb.DuckDBPyConnection, memory: str = MEMORY) -> None:
    """Limit the memory of an in-memory database; data beyond the limit goes to its own temporary folder."""
    spill = _name_spill(secrets.token_hex(8))
    connection.execute(
        f"SET memory_limit = {literal(memory)}; SET temp_directory = {literal(spill)}; "
        f"SET max_temp_directory_size = {literal(most_spilled())}"
    )


def connect_around(path: Path, memory: str = MEMORY, *, has_codes: bool = False) -> duckdb.DuckDBPyConnection:
    """A locked connection to an in-memory database, to which `attach` can attach only the warehouse at `path`.

    Set `has_codes` if tables of the in-memory database have large ENUMs. This switches off DuckDB's optimizer for
    common subplans, which writes out all values of an ENUM for each plan: on a million statements, that took three
    quarters of a query's time.
    """
    connection = connect_memory()
    if has_codes:
        connection.execute("SET disabled_optimizers = 'common_subplan'")
    lock(connection, memory, files=[path, f"{path}.wal"])
    return connection


def attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach the warehouse read-only as `published`; WarehouseError if it is missing, in use or not a warehouse."""
    if not path.is_file():
        raise WarehouseError(f"there is no warehouse at {path}; create one with: onrecord ingest PATH...")
    with _naming(path):
        connection.execute(f"ATTACH {literal(str(path))} AS published (READ_ONLY)")


@cache
def most_spilled() -> str:
    """Half of the free space of the temporary folder, as DuckDB writes it: the most that queries may write there.

    All connections of a process to one file must have the same limit, so the space is measured once.
    """
    return f"{disk_usage(gettempdir()).free // 2} bytes"


def _name_spill(name: str) -> str:
    """The path of a folder for data that does not fit into memory; DuckDB creates and removes it.

    SQL on the connection can read this folder, so no two processes use the same name.
    """
    _remove_abandoned()
    return str(Path(gettempdir()) / f"onrecord-{os.getpid()}-{name}")


@cache
def _remove_abandoned() -> None:
    """Remove the folders of processes that were killed, if nothing in them has changed for a day.

    A process that this one cannot see, such as one in another container, may have the same temporary folder.
    """
    for folder in Path(gettempdir()).glob("onrecord-*-*"):
        with suppress(OSError):  # another process may remove it at the same time
            is_ours = folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
            if is_ours and (found := SPILL.fullmatch(folder.name)) and not _is_running(int(found[1])):
                files = list(folder.glob("duckdb_temp_*"))
                if time.time() - max(path.stat().st_mtime for path in [folder, *files]) > ABANDONED:
                    for file in files:
                        file.unlink()
                    folder.rmdir()


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # of another user; no process has such a number
        return True
    return True


def query(
    path: Path | str, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """The rows of one query on the warehouse at `path`; duckdb.Error if the query is wrong."""
    with connect_readonly(path) as connection:
        relation = connection.sql(sql, params=params)
        return pl.DataFrame() if relation is None else relation.pl()
