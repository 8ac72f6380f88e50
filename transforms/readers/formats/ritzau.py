"""Read the XML of the Danish agency Ritzau: one record per `RBNews` document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.fields.locales import localise
from transforms.readers.format import Format
from transforms.readers.markup import child_text, children, inner_markup, local_name, parse_xml, root_name
from transforms.readers.records import Record, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element


def recognises(content: Content) -> bool:
    return root_name(content) in ("rbnews", "arrayofrbnews")


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the story of the document, or each story in a list."""
    root = parse_xml(content.data)
    stories = [one for one in root.iter() if local_name(one) == "rbnews"]
    for number, story in enumerate(stories, 1):
        yield _read_story(story, f"item {number}" if len(stories) > 1 else None)


def _read_story(root: _Element, place: str | None) -> Record | Reject:
    """Read one story; the status `Annuleret` means that the agency withdrew it."""
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
    return localise(build_record(body, values, extra=extra, place=place))


FORMAT = Format(
    "ritzau",
    "the XML of the agency Ritzau: headline, byline, town, version, withdrawals",
    "wire/ritzau.xml",
    recognises,
    read,
)
