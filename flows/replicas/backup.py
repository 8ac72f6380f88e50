"""Back up the warehouse to a folder or address, and restore it from there.

A backup is one file, named after the warehouse, its version and the time in UTC. It is valid once it has been
fetched back, opened, and found equal to the warehouse in every table.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from flows.sources.redact import redact, reveal
from schema.errors import OnRecordError, UsageError
from warehouse.files.backup import copy_published, fingerprint, name_backup, require_same, sort_backups
from warehouse.files.lock import is_held
from warehouse.files.restore import Restored
from warehouse.files.restore import restore as restore_file

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

    from flows.settings import Settings


WORKPLACE = "backup-"


class BackupError(UsageError):
    """The place of the backups cannot be reached, read or written; the message says why, without secrets."""

    def __init__(self, text: str, *, may_pass: bool) -> None:
        super().__init__(text)
        self.may_pass = may_pass


@dataclass(frozen=True)
class Backup:
    """A new backup; `removed` has the names of older backups that were deleted."""

    address: str
    version_no: int
    rows: int
    size: int
    removed: list[str]


def back_up(settings: Settings, place: str) -> Backup:
    """Copy the warehouse to `place`, fetch it back, compare it, and keep only the newest backups.

    Raises WarehouseError if a run holds the warehouse or the backup differs from it, BackupError if the place fails.
    A backup that differs is removed. After an error no older backup is deleted.
    """
    warehouse = settings.warehouse.absolute()
    with _workplace(settings.state) as folder, _place(place) as (system, base):
        copy = folder / "copy.duckdb"
        version_no, published = copy_published(warehouse, copy, "onrecord backup", settings.wait)
        name = name_backup(warehouse, version_no, datetime.now(UTC))
        _upload(system, copy, f"{base}/{name}")
        try:
            system.get_file(f"{base}/{name}", str(folder / "restored.duckdb"))
            require_same(published, fingerprint(folder / "restored.duckdb"), f"the backup {name}")
        except BaseException:
            system.rm_file(f"{base}/{name}")
            raise
        removed = sort_backups(_list_names(system, base), warehouse)[settings.keep_backups :]
        for old in removed:
            system.rm_file(f"{base}/{old}")
        address = f"{redact(place).rstrip('/')}/{name}"
        return Backup(address, version_no, int(published["rows"].sum()), copy.stat().st_size, removed)


def restore(settings: Settings, backup: str) -> Restored:
    """Replace the warehouse, which may be damaged or missing, by a backup (a file or an address).

    If `backup` is a folder, its newest backup of this warehouse is used. Raises WarehouseError if the backup is damaged
    or not a warehouse, or if a run holds the lock; BackupError if the place fails. After an error the warehouse is
    unchanged.
    """
    with _workplace(settings.state) as folder, _place(backup) as (system, path):
        if system.isdir(path):
            path = f"{path}/{_newest(system, path, settings.warehouse)}"
        fetched = folder / "fetched.duckdb"
        system.get_file(path, str(fetched))
        return restore_file(fetched, settings.warehouse, "onrecord restore", settings.wait)


@contextmanager
def _workplace(state: Path) -> Iterator[Path]:
    """Yield a temporary folder on the disk of the warehouse, which should have room for a copy.

    First removes the folders that killed commands left.
    """
    remove_left_copies(state)
    state.mkdir(parents=True, exist_ok=True)
    folder = state / f"{WORKPLACE}{secrets.token_hex(6)}"
    with FileLock(_lock_of(folder)):
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            _lock_of(folder).unlink(missing_ok=True)


def list_left_copies(state: Path) -> list[Path]:
    """List the folders that killed commands left: folders whose lock no process holds."""
    return [folder for folder in sorted(state.glob(f"{WORKPLACE}*/")) if not is_held(_lock_of(folder))]


def remove_left_copies(state: Path) -> list[str]:
    """Remove the folders of killed commands; returns their names."""
    left = list_left_copies(state)
    for folder in left:
        shutil.rmtree(folder)
        _lock_of(folder).unlink(missing_ok=True)
    return [folder.name for folder in left]


def _lock_of(folder: Path) -> Path:
    return Path(f"{folder}.lock")


@contextmanager
def _place(address: str) -> Iterator[tuple[AbstractFileSystem, str]]:
    """Yield the file system of an address and the path in it; an error in the block becomes a BackupError."""
    from flows.sources.remote import connect

    try:
        system, path = connect(reveal(address))
        yield system, path.rstrip("/")
    except OnRecordError:
        raise
    except Exception as error:
        may_pass = not isinstance(error, PermissionError | FileNotFoundError)
        raise BackupError(f"{redact(address)}: {_explain(error)}", may_pass=may_pass) from None


def _explain(error: Exception) -> str:
    if isinstance(error, FileNotFoundError) and not error.args[1:]:
        return "no such file or folder"
    return (redact(str(error)).splitlines() or [""])[0] or type(error).__name__


def _upload(system: AbstractFileSystem, copy: Path, target: str) -> None:
    """Upload under a temporary name first, so that a partial upload never looks like a backup."""
    system.makedirs(target.rpartition("/")[0], exist_ok=True)
    system.put_file(str(copy), f"{target}.part")
    system.mv(f"{target}.part", target)


def _list_names(system: AbstractFileSystem, base: str) -> list[str]:
    system.invalidate_cache()
    return [str(path).rpartition("/")[2] for path in system.ls(base, detail=False)]


def _newest(system: AbstractFileSystem, base: str, warehouse: Path) -> str:
    if backups := sort_backups(_list_names(system, base), warehouse):
        return backups[0]
    raise BackupError(f"there is no backup of {warehouse.stem} in {redact(base)}", may_pass=False)
