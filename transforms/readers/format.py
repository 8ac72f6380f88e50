"""Declare `Format`: how to recognise and read a file format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from transforms.readers.content import Content
from transforms.readers.records import Record, Reject


@dataclass(frozen=True)
class Format:
    """How to recognise files of one format, and how to read the articles in them.

    `about` describes the files; `example` is a path for the documentation. `streams`: files are read as a stream, and
    may be larger than `Limits.file_bytes`. `recognises` and `read` may raise Refused. `read` yields, in the order
    of the file, records, rejects without a number, and the contents of inner files, which are then read too.
    """

    name: str
    about: str
    example: str
    recognises: Callable[[Content], bool]
    read: Callable[[Content], Iterator[Record | Reject | Content]]
    streams: bool = False
