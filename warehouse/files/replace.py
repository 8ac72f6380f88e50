"""Replace the published file and keep its previous versions.

A replaced file stays as `versions/onrecord-000012.duckdb` next to the warehouse. It is the same file under another name
(a hard link), so keeping it takes no time. A damaged file is set aside in the same folder before another file replaces
it. Version numbers are never reused, so they are in the order of publishing.
"""

from __future__ import annotations

import errno
import fcntl
import glob
import mmap
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO

import duckdb

from schema.tables import VERSIONS
from warehouse.files.checked import read_state
from warehouse.files.connect import WarehouseError, connect, connect_readonly
from warehouse.files.lock import note_version, read_noted_version

FOLDER = "versions"
FICLONE = 0x40049409  # the request that `ioctl` of Linux takes
PAGE = 4096  # bytes; what is written past the cache begins and ends at a multiple of it
BUFFER = 8 << 20  # bytes that are copied at once
KERNEL_AT_ONCE = 1 << 30  # bytes that Linux copies at once


def previous_versions(published: Path) -> dict[int, Path]:
    """The files of previous versions by version number, oldest first."""
    pattern = re.compile(rf"{re.escape(published.stem)}-(\d+)\.duckdb")
    folder = published.parent / FOLDER
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {int(match[1]): file for file in files if (match := pattern.fullmatch(file.name))}


def replace_published(
    new: Path, published: Path, keep: int = 1, days: int = 0, *, was_checked: bool = False
) -> None:
    """Replace `published` by the closed file `new`, and keep previous versions as `forget_previous` describes.

    After a power cut, either the old or the new file is in place, complete. `was_checked` says that all rows of the new
    file were checked. The caller must hold the lock.
    """
    if keep:
        _keep(published)
    note_version(published, read_version_no(new), read_state(new) if was_checked else None)
    swap(new, published)
    forget_previous(published, keep, days)


def swap(new: Path, published: Path) -> None:
    """Replace `published` by `new`, a file with the same version number; keep all previous versions."""
    require_no_log(new)
    require_no_log(published)
    _sync(new)
    os.replace(new, published)  # noqa: PTH105 - the usual name of the call that is atomic on POSIX
    _sync(published.parent)


def forget_previous(published: Path, keep: int, days: int = 0) -> list[Path]:
    """Remove previous versions; returns the removed files.

    Keeps the last `keep` versions, and for each of the last `days` midnights (UTC) the version that was current then,
    so that even a warehouse published every hour can go back to yesterday. If `keep` is 0, it keeps none.
    """
    files = list(previous_versions(published).values())
    stay = files[len(files) - min(keep, len(files)) :] + (_of_midnights(files, days) if keep else [])
    gone = [file for file in files if file not in stay]
    for file in gone:
        file.unlink()
    return gone


def _of_midnights(files: list[Path], days: int) -> list[Path]:
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    midnights = [(today - timedelta(days=day)).timestamp() for day in range(days)]
    before = [[file for file in files if file.stat().st_mtime < midnight] for midnight in midnights]
    return [older[-1] for older in before if older]


def next_version_no(published: Path, current: int) -> int:
    """The next version number, which is higher than `current` and all numbers ever used here."""
    return max(current, read_noted_version(published), *previous_versions(published)) + 1


def set_aside(published: Path) -> list[Path]:
    """Move the file at `published`, and its log, to the folder of previous versions; returns their new paths."""
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    aside = published.parent / FOLDER / f"{published.stem}-aside-{moment}.duckdb"
    aside.parent.mkdir(exist_ok=True)
    moved = []
    for end in (
        ".wal",
        "",
    ):  # the log goes first, because DuckDB would apply it to the next file at this path
        if os.path.lexists(f"{published}{end}"):
            moved.append(Path(f"{published}{end}").replace(f"{aside}{end}"))
    return moved


def list_aside(published: Path) -> list[Path]:
    """The files that were set aside, oldest first."""
    return sorted((published.parent / FOLDER).glob(f"{glob.escape(published.stem)}-aside-*"))


def unshare(published: Path) -> None:
    """Separate the published file from hard links, so that writing to it changes no other file.

    A run killed during the last step of publishing leaves a second name of the published file among the previous
    versions. The caller must hold the lock.
    """
    for former in previous_versions(published).values():
        if published.exists() and former.samefile(published):
            former.unlink()
    if published.exists() and published.stat().st_nlink > 1:
        new = next_path(published)
        remove_version(new)
        copy_file(published, new)
        _sync(new)
        new.replace(published)


class CopyAhead:
    """A copy of a file that a thread makes while the run does something else."""

    def __init__(self, source: Path, target: Path) -> None:
        self._source, self._target = source, target
        self._state, self._is_complete = identify(source), False
        self._unwanted = Event()
        self._thread = Thread(target=self._copy, daemon=True)
        self._thread.start()

    def _copy(self) -> None:
        with suppress(OSError, CopyUnwanted):  # who needs the copy makes it again, and reports the error
            copy_file(self._source, self._target, self._unwanted)
            self._is_complete = True

    def wait(self) -> bool:
        """Wait for the end; return whether the copy is complete and the file was not changed meanwhile."""
        self._thread.join()
        return self._is_complete and identify(self._source) == self._state

    def stop(self) -> None:
        """Stop copying, and remove the copy unless it has been published."""
        self._unwanted.set()
        self._thread.join()
        remove_version(self._target)


class CopyUnwanted(Exception):
    """Nobody needs the copy any more."""


def identify(published: Path) -> str:
    """Return a text that changes when the published file is replaced."""
    if not published.exists():
        return ""
    status = published.stat()
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns}"


def copy_file(source: Path, target: Path, unwanted: Event | None = None) -> None:
    """Copy a file in the fastest way that the disks of `source` and `target` allow.

    CopyUnwanted if `unwanted` is set meanwhile.
    """
    unwanted = unwanted or Event()
    for copy in (_share_blocks, _copy_around_cache, _copy_in_kernel, _copy_any):
        try:
            with source.open("rb") as opened, target.open("xb") as new:
                copy(opened, new, unwanted)
            shutil.copymode(source, target)
        except BaseException as error:
            target.unlink(missing_ok=True)
            is_out_of_space = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
            # An AttributeError is raised where the system lacks a call.
            if copy is _copy_any or is_out_of_space or not isinstance(error, (AttributeError, OSError)):
                raise
        else:
            return


def _share_blocks(source: BinaryIO, target: BinaryIO, _: Event) -> None:
    """Let both files share their blocks until one of them changes; XFS, Btrfs, ZFS and some NFS servers can."""
    fcntl.ioctl(target.fileno(), FICLONE, source.fileno())


def _copy_around_cache(source: BinaryIO, target: BinaryIO, unwanted: Event) -> None:
    """Copy without the cache of the system, which takes a fifth of the CPU time, even less if memory is scarce."""
    size = os.fstat(source.fileno()).st_size
    end = size - size % PAGE
    with (
        mmap.mmap(-1, BUFFER) as buffer,  # begins at a multiple of PAGE
        memoryview(buffer) as view,
        _open_directly(source, os.O_RDONLY) as read_from,
        _open_directly(target, os.O_WRONLY) as write_to,
    ):
        done = 0
        while done < end:
            _require_wanted(unwanted)
            with view[: min(BUFFER, end - done)] as wanted:
                length = os.preadv(read_from, [wanted], done)
            if not length or length % PAGE:
                raise OSError(f"{source.name} ended early")
            with view[:length] as read:
                done += os.pwrite(write_to, read, done)
    source.seek(end)
    target.seek(end)
    target.write(source.read())


def _require_wanted(unwanted: Event) -> None:
    if unwanted.is_set():
        raise CopyUnwanted


@contextmanager
def _open_directly(file: BinaryIO, flags: int) -> Iterator[int]:
    descriptor = os.open(file.name, flags | os.O_DIRECT | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _copy_in_kernel(source: BinaryIO, target: BinaryIO, unwanted: Event) -> None:
    left = os.fstat(source.fileno()).st_size
    while left > 0:
        _require_wanted(unwanted)
        copied = os.copy_file_range(source.fileno(), target.fileno(), min(left, KERNEL_AT_ONCE))
        if not copied:
            raise OSError(f"{source.name} ended early")
        left -= copied


def _copy_any(source: BinaryIO, target: BinaryIO, _: Event) -> None:
    shutil.copyfileobj(source, target)


def next_path(published: Path) -> Path:
    """The path of the file in which the next version is built."""
    return Path(f"{published}.next")


def remove_version(path: Path) -> None:
    """Remove a DuckDB file and its log, if they exist."""
    for file in (path, Path(f"{path}.wal")):
        file.unlink(missing_ok=True)


def list_leftovers(published: Path) -> list[Path]:
    """The unfinished files that killed commands left."""
    made = [next_path(published), Path(f"{next_path(published)}.wal")]
    parts = (published.parent / FOLDER).glob(f"{glob.escape(published.stem)}-*.part")
    return [file for file in (*made, *parts) if file.exists()]


def read_version_no(path: Path) -> int:
    """The number of the version in a file, 0 if it has none."""
    with connect_readonly(path) as connection:
        exists = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = $1"
        sql = f"SELECT coalesce(max(version_no), 0) FROM {VERSIONS.qualified}"
        try:
            if not connection.execute(exists, [VERSIONS.name]).fetchall()[0][0]:
                return 0
            return int(connection.execute(sql).fetchall()[0][0])
        except duckdb.Error as error:
            raise WarehouseError(f"the version of {path} cannot be read: {error}") from error


def require_no_log(path: Path) -> None:
    """Raise WarehouseError if `path` has a write-ahead log, which DuckDB would apply to a new file at this path."""
    log = Path(f"{path}.wal")
    if log.exists():
        raise WarehouseError(
            f"the warehouse has a write-ahead log {log}: another program has the warehouse open for writing, or was "
            f"killed while writing; close that program, or open the warehouse with DuckDB once, which applies the log"
        )


def take_in_log(path: Path) -> None:
    """Let DuckDB apply the write-ahead log that a killed program left; WarehouseError if it cannot."""
    if path.exists() and Path(f"{path}.wal").exists():
        unshare(path)
        with connect(path) as connection:
            connection.execute("CHECKPOINT")
    require_no_log(path)


def _keep(published: Path) -> None:
    """Give the published file a second name, or copy it if the file system has no hard links."""
    if not published.exists():
        return
    former = published.parent / FOLDER / f"{published.stem}-{read_version_no(published):06d}.duckdb"
    former.parent.mkdir(exist_ok=True)
    part = former.with_name(f"{former.name}.part")
    part.unlink(missing_ok=True)
    try:
        part.hardlink_to(published)
    except OSError:
        shutil.copy2(published, part)  # keeps its modification time, which is when it was published
    former.unlink(missing_ok=True)  # rename does nothing if both names are hard links to one file
    part.rename(former)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
