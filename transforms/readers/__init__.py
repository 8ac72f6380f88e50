"""The bytes of one file -> records, one per article found, and rejects.

The format is told by content, never by name. A format is a module with `NAME`, `recognises(content) -> bool`
and `read(content) -> Iterable[Record | Reject]`, whose items come in the order of the file. To add one, write
the module and name it in FORMATS: the first that recognises a file reads it, so plain text, which recognises
everything, stays last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from transforms.readers import text
from transforms.readers.decode import Content, Undecodable
from transforms.readers.limits import Limits, Options
from transforms.readers.records import Reading, Record, Reject, to_frame

__all__ = ["FORMATS", "Limits", "Options", "Reading", "Record", "Reject", "read_records"]


class Format(Protocol):
    """What a format's module offers; both functions may raise Undecodable."""

    NAME: str

    def recognises(self, content: Content) -> bool: ...

    def read(self, content: Content) -> Iterable[Record | Reject]: ...


FORMATS: tuple[Format, ...] = (text,)


def read_records(data: bytes, path: str, options: Options = Options()) -> Reading:  # noqa: B008
    """The articles in the bytes of one file; never raises for what the bytes are.

    `path` must be valid Unicode; it is copied into the frame and opens each reason. Records are numbered from
    1 within the file, rejected ones included. A file without any article has at least one reject, which says
    why.
    """
    if not data:
        return Reading(None, None, rejects=[Reject(None, "empty_file", f"{path}: is empty")])
    content = Content(data)
    try:
        chosen = next(format_ for format_ in FORMATS if format_.recognises(content))
        found = list(chosen.read(content))
        return _sort_out(found, chosen.NAME, content.decoded.encoding, path)
    except Undecodable as error:
        return Reading(None, None, rejects=[Reject(None, error.reason_code, f"{path}: {error.reason}")])


def _sort_out(found: list[Record | Reject], name: str, encoding: str, path: str) -> Reading:
    numbered = list(enumerate(found, 1))
    records = [(number, replace(item, format=name)) for number, item in numbered if isinstance(item, Record)]
    rejects = [
        replace(item, record_no=number, reason=f"{path}: {item.reason}")
        for number, item in numbered
        if isinstance(item, Reject)
    ]
    return Reading(name, encoding, to_frame(records, path), rejects)
