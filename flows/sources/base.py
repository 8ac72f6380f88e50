"""Define the types that local and remote sources share: files, their bytes, and errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from flows.sources.reach import ORDINARY, Reach
from schema.errors import UsageError

CHUNK = 1 << 20
ATTEMPTS = 3
FIRST_WAIT = 0.05  # seconds, doubled with each attempt; ten times as long for remote files


class SourceError(UsageError):
    """A source (file, folder, glob or address) does not exist."""


@dataclass(frozen=True)
class SourceFile:
    """One file to read, or a place that cannot be read.

    `path` is for storing and printing: valid Unicode and unique in its list, with `\\xff` for bytes that are not UTF-8
    and `***` for secrets. `location` is what the operating system or fsspec needs. `reason_code` is set if listing
    already shows that the file cannot be read. `root` is the folder, with all links resolved, that the file must be in;
    None for a file that the user named. `reach` limits what reading may follow.
    """

    path: str
    location: str = field(repr=False)
    reason_code: str | None = None
    reason: str | None = None
    root: str | None = field(default=None, repr=False)
    reach: Reach = field(default=ORDINARY, repr=False)


@dataclass(frozen=True)
class FileBytes:
    """The bytes of one file, or the reason why there are none; `file_sha256` is None if they could not be read.

    A file too large for memory has an open `stream` instead of `data`; the reader closes it. `is_unread` means that the
    file was not opened, because it still has the size and time of its `Stamp`.
    """

    path: str
    data: bytes | None = None
    stream: BinaryIO | None = None
    file_sha256: str | None = None
    reason_code: str | None = None
    reason: str | None = None
    size_bytes: int | None = None
    modified_ns: int | None = None
    is_unread: bool = False


class Stamp(NamedTuple):
    """Values that identify a version of a file without reading it."""

    size_bytes: int
    modified_ns: int
    file_sha256: str


class Content(NamedTuple):
    """The content of a file: bytes, a stream, or None if it is too large; with hash, size and time."""

    data: bytes | BinaryIO | None
    file_sha256: str | None
    size_bytes: int | None = None
    modified_ns: int | None = None


class Refused(Exception):
    """Raised for a file that must not be read; `args` are the code and the text of the reason."""
