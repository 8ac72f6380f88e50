"""NITF, the IPTC's News Industry Text Format: one `nitf` document -> one record.

https://iptc.org/std/NITF/ : metadata in `head/docdata`, headline, byline and dateline in `body.head`, text in
`body.content`. `du-key` counts the versions of a story, `ed-msg` is a note to editors.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.readers.article import build_record
from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.markup import (
    block_text,
    element_text,
    find_attribute,
    find_text,
    local_name,
    parse_xml,
    root_name,
)
from transforms.readers.records import Record, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element


def recognises(content: Content) -> bool:
    return root_name(content) == "nitf"


def read(content: Content) -> Iterator[Record | Reject]:
    """The article of the document."""
    yield read_nitf(parse_xml(content.data))


def read_nitf(root: _Element) -> Record | Reject:
    """The article below a `nitf` element."""
    published, published_in = _published(root)
    values = {
        "headline": find_text(root, "hl1", "hedline", "title"),
        "byline": find_text(root, "byline") and _byline(root),
        "outlet": find_attribute(root, "pubdata", "name") or find_text(root, "doc.copyright.holder"),
        "agency": find_text(root, "distributor"),
        "dateline_place": _dateline_place(root),
        "dateline": find_text(root, "dateline"),
        "dateline_date": _dateline_date(root),
        "published": published,
        "published_in": published_in,
        "language": _language(root),
        "url": find_attribute(root, "pubdata", "ex-ref"),
        "guid": find_attribute(root, "doc-id", "id-string"),
        "version": find_attribute(root, "du-key", "version") or find_attribute(root, "du-key", "generation"),
        "status": _status(root),
        "embargo": find_attribute(root, "date.release", "norm") if _is_embargoed(root) else None,
        "note": find_attribute(root, "ed-msg", "info"),
    }
    extra = {
        "urgency": find_attribute(root, "urgency", "ed-urg"),
        "du_key": find_attribute(root, "du-key", "key"),
        "fixture": find_attribute(root, "fixture", "fix-id"),
        "keywords": [key.get("key") for key in root.iter("{*}keyword") if key.get("key")],
        "subjects": [code.get("tobject.subject.refnum") for code in root.iter("{*}tobject.subject")],
    }
    return build_record(_body(root), values, extra=extra)


def read_nitf_text(text: str) -> str:
    """The text of an article in NITF that is a field of another format. Raises Refused."""
    return _body(parse_xml(text.encode()))


def _body(root: _Element) -> str:
    """The paragraphs of `body.content`, without pictures and their captions."""
    contents = [element for element in root.iter() if local_name(element) == "body.content"]
    return "\n\n".join(filter(None, map(block_text, contents)))


def _published(root: _Element) -> tuple[str | None, str | None]:
    for name, attribute in (
        ("date.issue", "norm"),
        ("date.release", "norm"),
        ("pubdata", "date.publication"),
    ):
        if value := find_attribute(root, name, attribute):
            return value, f"element {name}"
    written = find_attribute(root, "story.date", "norm") or find_text(root, "story.date")
    return written, "element story.date" if written else None


def _byline(root: _Element) -> str | None:
    """The persons of the byline when they are marked, else all of it; `bytag` is what they are, not who."""
    byline = next(element for element in root.iter() if local_name(element) == "byline")
    people = [element_text(element) for element in byline.iter() if local_name(element) == "person"]
    tags = [element_text(element) for element in byline.iter() if local_name(element) == "byttl"]
    whole = element_text(byline)
    for tag in tags:
        whole = whole.replace(tag, "").strip(" ,;")
    return ", ".join(filter(None, people)) or whole or None


def _dateline_place(root: _Element) -> str | None:
    for dateline in root.iter("{*}dateline"):
        return find_text(dateline, "location")
    return None


def _dateline_date(root: _Element) -> str | None:
    return find_text(root, "story.date")


def _language(root: _Element) -> str | None:
    language = root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return language or find_attribute(root, "body", "{http://www.w3.org/XML/1998/namespace}lang")


def _status(root: _Element) -> str | None:
    """`management-status` of `docdata`: usable, embargoed, withheld, canceled."""
    return find_attribute(root, "docdata", "management-status")


def _is_embargoed(root: _Element) -> bool:
    return _status(root) == "embargoed"


FORMAT = Format(
    "nitf",
    "IPTC NITF: headline, byline, dateline, dates, doc-id, version of du-key, management status, note to editors",
    "wire/story.nitf.xml",
    recognises,
    read,
)
