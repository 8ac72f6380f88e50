"""Publish a previous version or a backup as a new version, which records the number of the version it restores.

The current warehouse may be intact, damaged or missing. An intact file is kept among the previous versions, and a
damaged file is set aside there; nothing is ever deleted.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars as pl

from schema.tables import RUNS, VERSIONS
from warehouse.files.backup import fingerprint, require_same, require_warehouse
from warehouse.files.connect import RequestError, WarehouseBusy, WarehouseError, connect, connect_readonly
from warehouse.files.lock import write_lock
from warehouse.files.replace import (
    next_path,
    next_version_no,
    previous_versions,
    read_version_no,
    remove_version,
    replace_published,
    set_aside,
    take_in_log,
)
from warehouse.files.upgrade import migrate, read_shape, shape_now

# DuckDB's errors for an intact file that cannot be opened now. After these, a file is never set aside.
UNDAMAGED = (
    "Could not set lock", "No space left on device", "Read-only file system", "Permission denied", "File too large",
    "Disk quota exceeded", "Out of Memory",
)  # fmt: skip


@dataclass(frozen=True)
class Restored:
    """A restored version: its number, the number of the version whose content it has, and the files set aside."""

    version_no: int
    restored_from: int
    aside: list[Path]


def roll_back(published: Path, version_no: int | None = None) -> Restored:
    """Publish a previous version again: `version_no`, or by default the last intact one. The caller must hold the lock.

    RequestError if there is no such version, WarehouseError if its file is damaged.
    """
    kept, rows = previous_versions(published), None
    current, content = _read_numbers(published)
    if version_no is None:
        before = [number for number in kept if content is None or number < content]
        version_no, rows = _pick_whole(kept, before)
    if version_no is None or version_no not in kept or version_no == current:
        raise RequestError(_describe_unkept(published, version_no, [no for no in kept if no != current]))
    if rows is None:
        rows = _require_kept(kept[version_no], version_no)
    return _publish_again(kept[version_no], rows, published, "rollback")


def _describe_unkept(published: Path, version_no: int | None, others: list[int]) -> str:
    """The message for a version that is not kept; `others` are the kept versions that could be published."""
    wanted = f"version {version_no} of" if version_no is not None else "a version older than that in"
    if not others:
        return f"{wanted} {published} is not kept, nor is any other; onrecord restore publishes a backup"
    listed = ", ".join(map(str, others))
    return f"{wanted} {published} is not kept; name one of these versions: {listed}"


def restore(backup: Path, warehouse: Path, holder: str, wait: float = 0) -> Restored:
    """Replace the warehouse in one step by a copy of `backup`.

    Reads the whole copy first. WarehouseError if it is damaged or not a warehouse, or if a run holds the lock for more
    than `wait` seconds.
    """
    warehouse = warehouse.expanduser().resolve()
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    require_warehouse(backup)
    with write_lock(warehouse, holder, wait):
        return _publish_again(backup, fingerprint(backup), warehouse, "restore")


def is_whole(published: Path) -> bool:
    """Whether all of a warehouse can be read; WarehouseError if that cannot be tested now.

    The caller must hold the lock, because this applies the write-ahead log that a killed program may have left.
    """
    try:
        take_in_log(published)
        fingerprint(published)
        return read_version_no(published) > 0
    except (WarehouseError, duckdb.Error) as error:
        _require_damage(published, error)
        return False


def _publish_again(source: Path, rows: pl.DataFrame, published: Path, how: str) -> Restored:
    """Publish a copy of the intact file `source`, whose fingerprint is `rows`, as the next version."""
    path = next_path(published)
    try:
        remove_version(path)
        shutil.copy(source, path)
        require_same(rows, fingerprint(path), f"the copy of {source}")
        whole = is_whole(published)
        current = read_version_no(published) if whole else 0
        restored_from = read_version_no(path)
        version_no = next_version_no(published, max(current, restored_from))
        _note_restored(path, version_no, restored_from, how)
        aside = [] if whole else set_aside(published)
        replace_published(path, published, keep=len(previous_versions(published)) + 1)
    finally:
        remove_version(path)
    return Restored(version_no, restored_from, aside)


def _note_restored(path: Path, version_no: int, restored_from: int, how: str) -> None:
    """Add a new version, and a new run that read no files, to the file at `path`."""
    now = datetime.now(UTC)
    run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    parameters = {"paths": [f"{how} to version {restored_from}"], "restored_from": restored_from}
    run = (run_id, now, now, "published", version("onrecord"), json.dumps(parameters))
    with connect(path) as connection:
        migrate(connection, read_shape(connection, path))
        connection.execute(
            f"INSERT INTO {RUNS.qualified} (run_id, started_at, ended_at, status, code_version, parameters) "
            f"VALUES ($1, $2, $3, $4, $5, $6)",
            run,
        )
        connection.execute(
            f"INSERT INTO {VERSIONS.qualified} (version_no, published_at, run_id, shape_no, restored_from) "
            f"VALUES ($1, $2, $3, $4, $5)",
            (version_no, now, run_id, shape_now(), restored_from),
        )
        connection.execute("CHECKPOINT")


def _read_numbers(published: Path) -> tuple[int | None, int | None]:
    """Read the numbers of the published version and of the version whose content it has; None if damaged.

    For example, if version 4 was restored from version 2, and version 6 from version 4, version 6 has the content of
    version 2.
    """
    try:
        with connect_readonly(published) as connection:
            versions = connection.sql(f"FROM {VERSIONS.qualified}").pl()
    except (WarehouseError, duckdb.Error) as error:
        _require_damage(published, error)
        return None, None
    if versions.is_empty():
        return None, None
    current = content = int(str(versions["version_no"].max()))
    if "restored_from" in versions.columns:
        restored = versions.filter(pl.col("restored_from") < pl.col("version_no"))
        origin = dict(restored.select("version_no", "restored_from").iter_rows())
        while content in origin:
            content = origin[content]
    return current, content


def _pick_whole(kept: dict[int, Path], numbers: list[int]) -> tuple[int | None, pl.DataFrame | None]:
    """The last version whose file is intact, and its fingerprint; the last version and None if no file is intact."""
    ordered = sorted(numbers, reverse=True)
    for number in ordered:
        if (rows := _read_kept(kept[number], number)) is not None:
            return number, rows
    return next(iter(ordered), None), None


def _read_kept(file: Path, version_no: int) -> pl.DataFrame | None:
    """The fingerprint of a previous version; None if its file is not intact."""
    try:
        return _require_kept(file, version_no)
    except WarehouseError:
        return None


def _require_kept(file: Path, version_no: int) -> pl.DataFrame:
    """The fingerprint of a previous version; WarehouseError unless its file is intact and has that version.

    Computing the fingerprint reads the whole file, so it is computed only once.
    """
    rows = fingerprint(file)
    if (found := read_version_no(file)) != version_no:
        raise WarehouseError(f"{file} has version {found}, not {version_no}: another program has changed it")
    return rows


def _require_damage(published: Path, error: Exception) -> None:
    """Raise WarehouseError if a file cannot be read for a reason other than damage."""
    if isinstance(error, WarehouseBusy) or any(sign in str(error) for sign in UNDAMAGED):
        raise WarehouseError(f"{published} cannot be replaced now: {error}") from error


def whole_versions(published: Path) -> Iterator[tuple[int, Path]]:
    """Yield the previous versions that can be published again, newest first."""
    for number, file in sorted(previous_versions(published).items(), reverse=True):
        if _read_kept(file, number) is not None:
            yield number, file
