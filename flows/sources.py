"""Sources (files, folders, globs) -> files on disk -> bytes.

Nothing that is found gets lost: a broken link, an empty folder, a device or a file that cannot be read stays
in the list and ends as a rejected file with its reason. The only error is a source that names nothing at all.
"""

# One style for all calls: os.open and os.fstat have no counterpart in pathlib.
# ruff: noqa: PTH100, PTH112, PTH114, PTH115, PTH116, PTH118, PTH207, PTH208

from __future__ import annotations

import errno
import glob
import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike

HASH_LIMIT = 2 << 30  # larger files are not even hashed: a sparse file can claim to be many terabytes
CHUNK = 1 << 20
ATTEMPTS = 3
FIRST_WAIT = 0.05  # seconds, doubled with each attempt
REST = 0.1  # seconds that a file must have been left alone before it is read

_NO_FOLLOW = "is a link to a folder, which is not followed inside a folder; name it as a source of its own"


class SourceError(ValueError):
    """A source that names nothing: no such file, folder or glob."""


@dataclass(frozen=True)
class SourceFile:
    """One thing found on disk.

    `path` is printable, valid Unicode and unique in its list, fit for storing: bytes of the name that are not
    UTF-8 are written `\\xff`. `location` is what the operating system wants. `reason_code` is set when it is
    known already that there is nothing to read.
    """

    path: str
    location: str
    reason_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class FileBytes:
    """The bytes of one file, or why there are none; `file_sha256` is null when they could not be read."""

    path: str
    data: bytes | None = None
    file_sha256: str | None = None
    reason_code: str | None = None
    reason: str | None = None


class _Refused(Exception):
    """Why a file is not read; `args` are the reason's code and sentence."""


class _Changed(Exception):
    """The file was written to while it was read."""


# --- finding ------------------------------------------------------------------------------------------------


def find_files(sources: Sequence[str], without: Iterable[PathLike[str]] = ()) -> list[SourceFile]:
    """All files that `sources` name, each path once, in the order of the sources and sorted within each.

    Files and folders in `without` are passed over: what a run writes may stand in the folder that it reads.

    A source is a file, a folder (read with all folders below it; hidden names are skipped, links to folders
    are not followed) or a glob (`**` reaches into folders). A file whose name happens to hold `*` is found as
    such. Raises SourceError for a source without `*`, `?` or `[` that does not exist.
    """
    seen = {os.path.abspath(path) for path in without}
    names: set[str] = set()
    found = []
    for source in sources:
        for top in _expand(source):
            for file in _walk(top, seen):
                path = _free_name(file.path, names)
                found.append(file if path == file.path else SourceFile(path, file.location))
    return found


def _expand(source: str) -> list[str]:
    if not source or "\0" in source:
        raise SourceError(f"not a path: {source!r}")
    if os.path.lexists(source):
        return [source]
    if glob.has_magic(source):
        return sorted(glob.glob(source, recursive=True))
    raise SourceError(f"no such file or folder: {printable(source)}")


def _walk(top: str, seen: set[str]) -> Iterator[SourceFile]:
    """The files at and below `top`, sorted; `seen` holds the absolute paths that are done with."""
    waiting = [top]
    while waiting:
        location = waiting.pop()
        key = os.path.abspath(location)
        if key in seen:
            continue
        seen.add(key)
        if not os.path.isdir(location):
            yield SourceFile(printable(location), location)
        elif location != top and os.path.islink(location):
            yield _rejected(location, "not_a_file", _NO_FOLLOW)
        else:
            inside = _list_folder(location)
            if isinstance(inside, SourceFile):
                yield inside
            else:
                waiting += reversed(inside)


def _list_folder(location: str) -> list[str] | SourceFile:
    """The paths inside, sorted; or the folder itself, rejected, when there are none."""
    try:
        names = sorted(name for name in os.listdir(location) if not name.startswith("."))
    except OSError as error:
        return _rejected(location, *_explain(error))
    if not names:
        return _rejected(location, "empty_folder", "holds no files (hidden ones are skipped)")
    return [os.path.join(location, name) for name in names]


def _rejected(location: str, code: str, problem: str) -> SourceFile:
    path = printable(location)
    return SourceFile(path, location, code, f"{path}: {problem}")


def printable(location: str) -> str:
    r"""The path as valid Unicode: bytes that are not UTF-8 become `\xff`; line ends are kept as they are."""
    return os.fsencode(location).decode("utf-8", "backslashreplace")


def _free_name(path: str, names: set[str]) -> str:
    """`path`; with `~` behind it when one file is called `a\\xff` and another has that byte in its name."""
    while path in names:
        path += "~"
    names.add(path)
    return path


# --- reading ------------------------------------------------------------------------------------------------


def read_bytes(file: SourceFile, max_bytes: int) -> FileBytes:
    """The bytes of `file`, at most `max_bytes`; never raises for what is on disk, never waits for a pipe.

    A file that changes while it is read is tried again, three times in all.
    """
    if file.reason_code:
        return FileBytes(file.path, None, None, file.reason_code, file.reason)
    try:
        data, digest = _read_steadily(file.location, max_bytes)
    except _Refused as refused:
        return _refuse(file, None, *refused.args)
    except OSError as error:
        return _refuse(file, None, *_explain(error, file.location))
    if data is None:
        return _refuse(file, digest, "too_large", f"is larger than the limit of {max_bytes:,} bytes")
    if not data:
        return _refuse(file, digest, "empty_file", "is empty")
    return FileBytes(file.path, data, digest)


def _refuse(file: SourceFile, digest: str | None, code: str, problem: str) -> FileBytes:
    return FileBytes(file.path, None, digest, code, f"{file.path}: {problem}")


def _read_steadily(location: str, max_bytes: int) -> tuple[bytes | None, str | None]:
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(FIRST_WAIT * 2 ** (attempt - 1))
        try:
            return _read_once(location, max_bytes)
        except _Changed:
            continue
    raise _Refused("file_changing", f"was being written to each of the {ATTEMPTS} times it was read")


def _read_once(location: str, max_bytes: int) -> tuple[bytes | None, str | None]:
    """Bytes (None when they are more than `max_bytes`) and hash; raises _Changed, _Refused, OSError."""
    _require_file(os.stat(location))  # before opening: opening a device can have effects
    descriptor = os.open(location, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        before = os.fstat(descriptor)
        _require_file(before)
        _let_rest(before)
        result = _take(descriptor, before.st_size, max_bytes)
        if _version(os.fstat(descriptor)) != _version(before):
            raise _Changed
        return result
    finally:
        os.close(descriptor)


def _let_rest(status: os.stat_result) -> None:
    """Wait when the file was written this moment: whoever writes it may only be drawing breath.

    Of many fresh files only the first one costs the wait. It also makes sure that a write during the reading
    gives the file another time, for those are counted in steps of some milliseconds.
    """
    age = time.time() - status.st_mtime
    if 0 <= age < REST:
        time.sleep(REST - age)


def _take(descriptor: int, size: int, max_bytes: int) -> tuple[bytes | None, str | None]:
    if size > HASH_LIMIT:
        return None, None
    digest = hashlib.sha256()
    kept = bytearray()
    taken = 0
    while taken <= size and (chunk := os.read(descriptor, CHUNK)):
        digest.update(chunk)
        taken += len(chunk)
        if size <= max_bytes:
            kept += chunk
    if taken != size:
        raise _Changed
    return (bytes(kept) if size <= max_bytes else None), digest.hexdigest()


def _version(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def _require_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _Refused("not_a_file", f"is {_kind(status.st_mode)}, not a file")


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((name for test, name in kinds if test(mode)), "something special")


def _explain(error: OSError, location: str = "") -> tuple[str, str]:
    """Reason code and sentence for an error of the operating system."""
    if error.errno == errno.ELOOP:
        return "broken_link", "is a link that leads back to itself"
    if isinstance(error, FileNotFoundError) and location and os.path.islink(location):
        return "broken_link", f"is a link to {printable(os.readlink(location))}, which does not exist"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "vanished", "was there when the files were listed and is gone now"
    if isinstance(error, PermissionError):
        return "unreadable", "may not be read (permission denied)"
    return "unreadable", f"cannot be read ({error.strerror or error})"
