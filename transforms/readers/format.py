"""What a format is: how it is recognised and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from transforms.readers.content import Content
from transforms.readers.records import Record, Reject


@dataclass(frozen=True)
class Format:
    """One file format.

    `about` says what is recognised in it, `example` is a path for the documentation. `streams` says that it is read
    bit by bit, so that a file may be larger than `Limits.file_bytes`. Both functions may raise Refused. `read` gives,
    in the order of the file, records, rejects without number, and contents of further files, which are read in turn.
    """

    name: str
    about: str
    example: str
    recognises: Callable[[Content], bool]
    read: Callable[[Content], Iterator[Record | Reject | Content]]
    streams: bool = False
