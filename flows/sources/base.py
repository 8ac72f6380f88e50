"""Files found in a source, their bytes, and errors, for local and remote sources alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from flows.sources.reach import ORDINARY, Reach
from schema.errors import UsageError

CHUNK = 1 << 20
ATTEMPTS = 3
FIRST_WAIT = 0.05  # seconds, doubled with each attempt; elsewhere it is ten times as long


class SourceError(UsageError):
    """A source that does not exist: no such file, folder, glob or address."""


@dataclass(frozen=True)
class SourceFile:
    """One file to read, or a place that cannot be read.

    `path` is printable, valid Unicode and unique in its list, fit for storing: bytes of the name that are not
    UTF-8 are written `\\xff`, and secrets in an address `***`. `location` is what the operating system or fsspec
    needs. `reason_code` is set when listing already shows that it cannot be read. `root` is the folder, with all links
    resolved, that the file must be in; null for a file that the user named. `reach` limits what reading may follow.
    """

    path: str
    location: str = field(repr=False)
    reason_code: str | None = None
    reason: str | None = None
    root: str | None = field(default=None, repr=False)
    reach: Reach = field(default=ORDINARY, repr=False)


@dataclass(frozen=True)
class FileBytes:
    """The bytes of one file, or the reason why there are none; `file_sha256` is null when they could not be read.

    A file that is too large to hold comes as an open `stream` instead of `data`; the reader closes it.
    `is_unread` is set when size and time are those of the `Stamp` it was last read with.
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
    """What identifies a version of a file without reading it."""

    size_bytes: int
    modified_ns: int
    file_sha256: str


class Content(NamedTuple):
    """The content of a file: bytes, a stream, or None when too large; with its hash, size and time."""

    data: bytes | BinaryIO | None
    file_sha256: str | None
    size_bytes: int | None = None
    modified_ns: int | None = None


class Refused(Exception):
    """Why a file is not read; `args` are the reason's code and sentence."""
