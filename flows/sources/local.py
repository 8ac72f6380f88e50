"""Find the files that sources name, and read them.

Nothing is dropped silently: a broken link, an empty folder, a device or an unreadable file stays in the list and
becomes a rejected file with a reason. Only a source that does not exist is an error. This module reads local files;
`flows/sources/remote.py` reads addresses (`s3://`, `https://`...).
"""

# All calls use `os`, because os.open and os.fstat have no counterpart in pathlib.
# ruff: noqa: PTH100, PTH112, PTH114, PTH115, PTH116, PTH118, PTH120, PTH207

from __future__ import annotations

import errno
import glob
import hashlib
import os
import re
import stat
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from os import PathLike
from typing import BinaryIO, NamedTuple

from flows.sources.base import (
    ATTEMPTS,
    CHUNK,
    FIRST_WAIT,
    Content,
    FileBytes,
    Refused,
    SourceError,
    SourceFile,
    Stamp,
)
from flows.sources.reach import FOUND, ORDINARY, Reach, base_of, is_address, is_within
from flows.sources.redact import reveal

HASH_LIMIT = 2 << 30  # larger files are not even hashed: a sparse file can claim to be many terabytes
AT_ONCE = 8  # remote files fetched at the same time
REST = 0.1  # seconds that must pass after the last write before a file is read
SETTLED_NS = 2_000_000_000  # a younger file may be written again without a new modification time

_NO_FOLLOW = "is a link to a folder, and links to folders are not followed; name it as a separate source"


class _Changed(Exception):
    """The file was written to during the read."""


def find_files(
    sources: Sequence[str], without: Iterable[PathLike[str]] = (), reach: Reach = ORDINARY
) -> Iterator[SourceFile]:
    """Lazily list all files that `sources` name: each path only once, sorted by path, one folder at a time.

    The order of the sources makes no difference: of two files with the same text, the same file is always read first.
    Only the names in one folder at a time are held in memory. Skips files and folders in `without`, such as those a run
    writes.

    A source is a file, a folder, a glob (`**` matches subfolders) or the address of one. A folder is read with its
    subfolders, but without hidden names and links to folders; links to files are followed only within the folder,
    unless `reach` says otherwise. An existing path with `*` in its name is not a glob. Raises SourceError before the
    first file if a source without `*`, `?` or `[` does not exist. `mark_found` makes sources of paths that were found,
    not named by the user.
    """
    tops = [top for source in sources for top in _list_tops(source, reach)]
    tops.sort(key=lambda top: top.place.replace(os.sep, "\0"))
    return _unique_paths(_find(tops, {os.path.abspath(path) for path in without}, reach))


def count_files(sources: Sequence[str], without: Iterable[PathLike[str]] = ()) -> int | None:
    """How many files `find_files` will find; None if some are remote, because listing remote files is slow."""
    if any(map(is_address, sources)):
        return None
    return sum(1 for _ in find_files(sources, without))


def folders_among(sources: Sequence[str]) -> list[str]:
    """The sources that are folders, spelled as in the paths of their files."""
    places = [top.place for source in sources for top in _list_tops(source)]
    return [printable(place) for place in places if is_address(place) or os.path.isdir(place)]


def mark_found(path: str, folder: str) -> str:
    """The source for a path that was found in `folder`, which links must not lead out of: `inbox//./sub/a.txt`.

    The folder "" is the working folder. A path that is not in the folder is returned as it is.
    """
    inside = path.removeprefix(os.path.join(folder, ""))
    is_in = bool(inside) and (inside != path or not folder)
    return f"{folder}{FOUND}{inside}" if is_in else path


class _Top(NamedTuple):
    """A file, folder or address to read. `base` is the folder in which a glob starts or a marked path was found."""

    place: str
    base: str | None

    @property
    def root(self) -> str | None:
        """The folder (links resolved) that links must not lead out of; None for a link that the user named."""
        if self.base is not None:
            return os.path.realpath(self.base)
        if os.path.isdir(self.place):
            return os.path.realpath(self.place)
        return None if os.path.islink(self.place) else os.path.realpath(os.path.dirname(self.place))


def _list_tops(source: str, reach: Reach = ORDINARY) -> list[_Top]:
    """List the files, folders or addresses that a source names; SourceError if it names nothing."""
    path = reveal(source).removeprefix("file://")
    folder, mark, inside = path.rpartition(FOUND)
    place = os.path.join(folder, inside)
    if mark and inside and not is_address(path) and "\0" not in path and os.path.lexists(place):
        return [_Top(place, folder or os.curdir)]
    return [_Top(place, base_of(source)) for place in _expand(source, reach)]


def _find(tops: Sequence[_Top], seen: set[str], reach: Reach) -> Iterator[SourceFile]:
    """Yield the files at and below `tops`, except files in `seen` (absolute paths and addresses listed before)."""
    for top in tops:
        root = None if reach.follow_links or is_address(top.place) else top.root
        if root and not is_within(os.path.realpath(top.place), root):
            yield _rejected(top.place, "outside_link", _describe_outside(top.place, root))
        elif not is_address(top.place):
            yield from _walk(top.place, seen, root, may_overlap=len(tops) > 1)
        else:
            from flows.sources.remote import walk

            for file in walk(top.place, reach):
                if file.location not in seen:
                    seen.add(file.location)
                    yield file


def _describe_outside(location: str, root: str) -> str:
    real = printable(os.path.realpath(location))
    return (
        f"is a link to {real}, which is not in {printable(root)} (to read it, set ONRECORD_FOLLOW_LINKS=true)"
    )


def _expand(source: str, reach: Reach = ORDINARY) -> list[str]:
    """List the files, folders or addresses that a source names, without opening folders."""
    source = reveal(source)
    if not source or "\0" in source:
        raise SourceError(f"not a path: {source!r}")
    source = source.removeprefix("file://")
    if os.path.lexists(source):
        return [os.path.join(".", source) if is_address(source) else source]
    if is_address(source):
        from flows.sources.remote import expand

        return expand(source, reach)
    if glob.has_magic(source):
        return sorted(glob.glob(source, recursive=True))
    raise SourceError(f"no such file or folder: {printable(source)}")


class _Folder(NamedTuple):
    """A folder during listing: the remaining names, and which names are folders or links to folders."""

    location: str
    key: str  # its absolute path
    names: Iterator[str]
    folders: dict[str, bool]  # name -> whether it is a link


def _walk(top: str, seen: set[str], root: str | None, *, may_overlap: bool) -> Iterator[SourceFile]:
    """Yield the files at and below `top`, sorted, except those in `seen`; add each to `seen` if sources overlap."""
    waiting = [_Folder("", "", iter([top]), {top: False} if os.path.isdir(top) else {})]
    while waiting:
        inside = waiting[-1]
        name = next(inside.names, None)
        if name is None:
            waiting.pop()
            continue
        location = os.path.join(inside.location, name)
        key = os.path.join(inside.key, name) if inside.key else os.path.abspath(name)
        if key in seen:
            continue
        if may_overlap:
            seen.add(key)
        found = _open_folder(location, key, inside.folders.get(name), root)
        if isinstance(found, _Folder):
            waiting.append(found)
        else:
            yield found


def _open_folder(location: str, key: str, is_link: bool | None, root: str | None) -> _Folder | SourceFile:
    """Open a folder for listing; return a SourceFile if it is a file (`is_link` is None) or unreadable."""
    if is_link is None:
        return SourceFile(printable(location), location, root=root)
    if is_link:
        return _rejected(location, "not_a_file", _NO_FOLLOW)
    try:
        names, folders = _list_folder(location)
    except OSError as error:
        return _rejected(location, *_explain(error))
    if not names:
        return _rejected(
            location, "empty_folder", "contains no files, except perhaps hidden ones, which are skipped"
        )
    return _Folder(location, key, iter(names), folders)


def _list_folder(location: str) -> tuple[list[str], dict[str, bool]]:
    """List the sorted names in a folder, and which are folders, without calls of stat (slow on network disks)."""
    names, folders = [], {}
    with os.scandir(location) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                names.append(entry.name)
                if _is_folder(entry):
                    folders[entry.name] = entry.is_symlink()
    return sorted(names), folders


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False


def _rejected(location: str, code: str, problem: str) -> SourceFile:
    path = printable(location)
    return SourceFile(path, location, code, f"{path}: {problem}")


def printable(location: str) -> str:
    r"""Convert a path to valid Unicode, with `\xff` for each byte that is not UTF-8; keep line ends."""
    return os.fsencode(location).decode("utf-8", "backslashreplace")


def unprintable(path: str) -> str:
    r"""Turn a result of `printable` back into the path on disk: each `\xff` becomes the byte."""
    raw = re.sub(
        rb"\\x([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), path.rstrip("~").encode()
    )
    return os.fsdecode(raw)


def _unique_paths(files: Iterable[SourceFile]) -> Iterator[SourceFile]:
    """The files with unique paths; a repeated path gets a `~`.

    Paths can be equal only if one name is literally `a\\xff` and another has that byte, or if addresses differ only
    in a secret.
    """
    taken: set[str] = set()
    for file in files:
        path = file.path
        if "\\x" in path or "***" in path:
            while path in taken:
                path += "~"
            taken.add(path)
        yield file if path == file.path else replace(file, path=path)


# --- reading ------------------------------------------------------------------------------------------------


def read_all(
    files: Sequence[SourceFile], max_bytes: int, max_held: int, stamps: Mapping[str, Stamp] | None = None
) -> Iterator[FileBytes]:
    """Yield the bytes of all `files`, in order; remote files are fetched ahead, a few at a time.

    `stamps` maps paths to stamps. A file that still has the size and time of its stamp is not read again.
    """
    stamps = stamps or {}
    if not any(is_address(file.location) for file in files):
        for file in files:
            stamp = stamps.get(file.path)
            if stamp and read_stamp(file.location) == stamp[:2]:
                yield FileBytes(file.path, None, None, stamp.file_sha256, is_unread=True)
            else:
                yield read_bytes(file, max_bytes, max_held)
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ahead: deque[Future[FileBytes]] = deque()
        for file in files:
            ahead.append(pool.submit(read_bytes, file, max_bytes, max_held))
            if len(ahead) > AT_ONCE:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def read_bytes(file: SourceFile, max_bytes: int, max_held: int | None = None) -> FileBytes:
    """Read the bytes of `file`: as a stream if there are more than `max_held`, not at all if more than `max_bytes`.

    Never raises an error because of the file and never blocks on a pipe. Makes up to three attempts if a file changes
    during the read or an address does not answer.
    """
    if file.reason_code:
        return FileBytes(file.path, reason_code=file.reason_code, reason=file.reason)
    max_held = max_bytes if max_held is None else max_held
    try:
        content, digest, size, modified = _read_steadily(file, max_bytes, max_held)
    except Refused as refused:
        return _refuse(file, None, *refused.args)
    except OSError as error:
        return _refuse(file, None, *_explain(error, file.location))
    if content is None:
        return _refuse(file, digest, "too_large", f"is larger than the limit of {max_bytes:,} bytes")
    if not isinstance(content, bytes):
        if _is_streamed(content):
            return FileBytes(file.path, None, content, digest, size_bytes=size, modified_ns=modified)
        content.close()
        return _refuse(file, digest, "too_large", f"is larger than the limit of {max_held:,} bytes")
    if not content:
        return _refuse(file, digest, "empty_file", "is empty")
    return FileBytes(file.path, content, None, digest, size_bytes=size, modified_ns=modified)


def read_stamp(location: str) -> tuple[int, int] | None:
    """Size and modification time of a local file; None for anything else."""
    if is_address(location):
        return None
    try:
        status = os.stat(location)
    except OSError:
        return None
    return _version(status) if stat.S_ISREG(status.st_mode) else None


def _refuse(file: SourceFile, digest: str | None, code: str, problem: str) -> FileBytes:
    return FileBytes(file.path, None, None, digest, code, f"{file.path}: {problem}")


def _is_streamed(content: BinaryIO) -> bool:
    """Whether a file that is too large for memory has a format that can be read as a stream."""
    from transforms.readers import HEAD, is_streamed

    head = content.read(HEAD)
    content.seek(0)
    return is_streamed(head)


def _read_steadily(file: SourceFile, max_bytes: int, max_held: int) -> Content:
    if is_address(file.location):
        from flows.sources.remote import fetch

        return fetch(file.location, max_bytes, max_held, file.reach)
    location = _require_inside(file.location, file.root)
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(FIRST_WAIT * 2 ** (attempt - 1))
        try:
            return _read_once(location, max_bytes, max_held, may_be_link=file.root is None)
        except _Changed:
            continue
    raise Refused(
        "file_changing", f"changed during each of {ATTEMPTS} reads; a program is still writing to it"
    )


def _require_inside(location: str, root: str | None) -> str:
    """Return the path of the file, with links resolved if `root` is given; Refused if a link leads out of `root`."""
    if root is None or not os.path.islink(location):
        return location
    os.stat(location)  # raises the right error for a broken link or a loop
    if not is_within(real := os.path.realpath(location), root):
        raise Refused("outside_link", _describe_outside(location, root))
    return real


def _read_once(location: str, max_bytes: int, max_held: int, *, may_be_link: bool) -> Content:
    """Read the file once. Raises _Changed, Refused, or OSError, for example if the file has become a link meanwhile."""
    _require_file(os.stat(location))  # before opening: opening a device can have effects
    follow = 0 if may_be_link else os.O_NOFOLLOW
    descriptor = os.open(location, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | follow)
    try:
        before = os.fstat(descriptor)
        _require_file(before)
        _let_rest(before)
        kept, digest = _take(descriptor, before.st_size, max_held)
        if _version(os.fstat(descriptor)) != _version(before):
            raise _Changed
        is_stream = kept is None and before.st_size <= max_bytes
        data = _open_again(descriptor) if is_stream else kept
        is_settled = time.time_ns() - before.st_mtime_ns > SETTLED_NS
        return Content(data, digest, *(_version(before) if is_settled else (None, None)))
    finally:
        os.close(descriptor)


def _open_again(descriptor: int) -> BinaryIO:
    """A second handle at the start of the same file; the caller closes it."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.fdopen(os.dup(descriptor), "rb")


def _let_rest(status: os.stat_result) -> None:
    """Wait if the file was written a moment ago, because its writer may not be finished.

    Of many fresh files, only the first makes the run wait. The wait also ensures that a write during the read changes
    the modification time, which advances in steps of a few milliseconds.
    """
    age = time.time() - status.st_mtime
    if 0 <= age < REST:
        time.sleep(REST - age)


def _take(descriptor: int, size: int, max_held: int) -> tuple[bytes | None, str | None]:
    """Read a file; return the bytes (None if there are more than `max_held`) and their hash."""
    if size > HASH_LIMIT:
        return None, None
    digest = hashlib.sha256()
    kept = bytearray()
    taken = 0
    while taken <= size and (chunk := os.read(descriptor, CHUNK)):
        digest.update(chunk)
        taken += len(chunk)
        if size <= max_held:
            kept += chunk
    if taken != size:
        raise _Changed
    return (bytes(kept) if size <= max_held else None), digest.hexdigest()


def _version(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def _require_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Refused("not_a_file", f"is {_kind(status.st_mode)}, not a file")


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
    """Return the reason code and the reason for an error of the operating system."""
    if error.errno == errno.ELOOP:
        return "broken_link", "is a link that leads back to itself"
    if isinstance(error, FileNotFoundError) and location and os.path.islink(location):
        return "broken_link", f"is a link to {printable(os.readlink(location))}, which does not exist"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "vanished", "was deleted or renamed after the files were listed"
    if isinstance(error, PermissionError):
        return "unreadable", "cannot be read (permission denied)"
    return "unreadable", f"cannot be read ({error.strerror or error})"
