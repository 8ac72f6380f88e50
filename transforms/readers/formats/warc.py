"""Read WARC and ARC, the formats of web crawls (CC-NEWS, Heritrix, wget): each HTML response is one article.

The article's address is the address in the crawl record, unless the page states another. The day of the
crawl is not the day of publication, so it is not stored as a date.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.formats.crawls import Block, is_crawl, split_records
from transforms.readers.records import Record, Reject

_PAGES = ("text/html", "application/xhtml+xml")


def recognises(content: Content) -> bool:
    """Whether the file is WARC or ARC, plain or compressed with gzip."""
    return is_crawl(content.head)


def read(content: Content) -> Iterator[Record | Reject | Content]:
    """Yield the pages; requests, metadata, redirects, errors and pictures are skipped."""
    blocks = split_records(content.open(), content.limits.file_bytes, content.budget.take)
    for number, block in enumerate(blocks, 1):
        if item := _read_block(block, number, content):
            yield item


def _read_block(block: Block, number: int, content: Content) -> Reject | Content | None:
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader
    from warcio.statusandheaders import StatusAndHeadersParserException

    place = f"record {number}"
    if block.problem:
        return Reject(None, "malformed", block.problem, place)
    try:
        record = ArcWarcRecordLoader(verify_http=False).parse_record_stream(io.BytesIO(block.data))
    except (
        ArchiveLoadFailed,
        StatusAndHeadersParserException,
        EOFError,
        ValueError,
        AttributeError,
    ) as error:
        problem = f"is a damaged record ({' '.join(str(error).split())[:200]})"
        return Reject(None, "malformed", problem, place)
    if record.rec_type in ("response", "resource") and _is_page(record):
        return _open_page(record, place, content)
    return None


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    if headers is None:
        return str(record.content_type or "").startswith(_PAGES)
    kind = (headers.get_header("Content-Type") or "text/html").lower()
    return str(headers.get_statuscode()) == "200" and kind.startswith(_PAGES)


def _open_page(record: Any, place: str, content: Content) -> Content:
    address = record.rec_headers.get_header("WARC-Target-URI")
    url = str(address) if address and str(address).startswith("http") else None
    return content.inside(record.content_stream(), place, deeper=False, known={"url": url})


FORMAT = Format(
    "warc",
    "web crawls (.warc or .arc, compressed or not): every HTML page in the crawl, with its address",
    "CC-NEWS-20240305.warc.gz",
    recognises,
    read,
    streams=True,
)
