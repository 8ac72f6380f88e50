"""A file format: how to recognise and read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from transforms.readers.content import Content
from transforms.readers.records import Record, Reject


@dataclass(frozen=True)
class Format:
    """One file format.

    `about` says what is recognised, `example` is a path for the documentation. `streams`: read as a stream, so that a
    file may be larger than `Limits.file_bytes`. Both functions may raise Refused. `read` yields, in the order of the
    file, records, rejects without a number, and contents of files inside it, which are read in turn.
    """

    name: str
    about: str
    example: str
    recognises: Callable[[Content], bool]
    read: Callable[[Content], Iterator[Record | Reject | Content]]
    streams: bool = False
