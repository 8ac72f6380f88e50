"""WARC, the format of web crawls (CC-NEWS, Heritrix, wget): each HTML response is one article; read as a stream.

The address of a record is that of the article where the page does not name its own. The day of the crawl is not the
day of publication and is kept in no date.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import Any

from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.limits import Refused
from transforms.readers.records import Record, Reject

_PAGES = ("text/html", "application/xhtml+xml")


def recognises(content: Content) -> bool:
    """WARC, plain or with each record in a gzip member of its own."""
    return _first_bytes(content).startswith(b"WARC/")


def _first_bytes(content: Content) -> bytes:
    if not content.head.startswith(b"\x1f\x8b"):
        return content.head[:8]
    try:
        return gzip.GzipFile(fileobj=content.inside(content.head, None).stream).read(8)
    except (OSError, EOFError, ValueError, zlib.error):
        return b""


def read(content: Content) -> Iterator[Record | Reject | Content]:
    """The pages; requests, metadata, redirects, errors and pictures are passed over."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    class Records(ArchiveIterator):
        INC_RECORD = ""  # what it would print to standard error on a record that is too short

    number = 0
    try:
        for number, record in enumerate(Records(content.open()), 1):
            if record.rec_type in ("response", "resource") and _is_page(record):
                yield _open_page(record, number, content)
    except ArchiveLoadFailed as error:
        raise Refused("malformed", f"is a damaged WARC file after record {number} ({error})") from error


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    if headers is None:
        return str(record.content_type or "").startswith(_PAGES)
    kind = (headers.get_header("Content-Type") or "text/html").lower()
    return str(headers.get_statuscode()) == "200" and kind.startswith(_PAGES)


def _open_page(record: Any, number: int, content: Content) -> Content:
    address = record.rec_headers.get_header("WARC-Target-URI")
    url = str(address) if address and str(address).startswith("http") else None
    return content.inside(record.content_stream(), f"record {number}", deeper=False, known={"url": url})


FORMAT = Format(
    "warc",
    "web crawls, .warc or .warc.gz: every HTML page in them, with its address",
    "CC-NEWS-20240305.warc.gz",
    recognises,
    read,
    streams=True,
)
