"""The XML of Ritzau, the Danish agency: one `RBNews` document -> one record."""

from __future__ import annotations

from collections.abc import Iterator

from transforms.readers.article import build_record
from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.markup import child_text, children, inner_markup, parse_xml, root_name
from transforms.readers.records import Record, Reject


def recognises(content: Content) -> bool:
    return root_name(content) == "rbnews"


def read(content: Content) -> Iterator[Record | Reject]:
    """The story; `Annuleret` says that it is called back."""
    root = parse_xml(content.data)
    agency = (child_text(root, "origin") or "").strip("/ ") or "ritzau"
    is_canceled = (child_text(root, "Annuleret") or "").lower() == "true"
    values = {
        "headline": child_text(root, "headline"),
        "byline": child_text(root, "byLine"),
        "agency": agency,
        "outlet": agency,
        "dateline_place": child_text(root, "town"),
        "published": child_text(root, "PublishDate"),
        "published_in": "element PublishDate",
        "guid": child_text(root, "NewsID"),
        "version": child_text(root, "version"),
        "status": "canceled" if is_canceled else "usable",
        "note": child_text(root, "TilRedaktionen"),
    }
    extra = {
        name.lower(): child_text(root, name)
        for name in ("strapline", "subtitle", "section", "Priority", "HistID")
    }
    body = next((inner_markup(one) for one in children(root, "content")), "")
    yield build_record(body, values, extra=extra)


FORMAT = Format(
    "ritzau",
    "the XML of the agency Ritzau: headline, byline, town, version, what is called back",
    "wire/ritzau.xml",
    recognises,
    read,
)
