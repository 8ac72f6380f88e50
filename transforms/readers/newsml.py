"""NewsML-G2, the IPTC's envelope for news: news messages, news items and their versions -> records.

https://iptc.org/std/NewsML-G2/ : each `newsItem` has `itemMeta` (what it is, versions, pubStatus, embargo),
`contentMeta` (headline, by, located, dateline, dates) and its text in `contentSet`, as NITF, XHTML or plain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.readers.article import build_record
from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.markup import (
    block_text,
    children,
    element_text,
    find_attribute,
    find_text,
    inner_markup,
    local_name,
    parse_xml,
    root_name,
)
from transforms.readers.records import Record, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element

_OTHERS = ("packageitem", "conceptitem", "knowledgeitem", "planningitem")


def recognises(content: Content) -> bool:
    return root_name(content) in ("newsmessage", "newsitem", *_OTHERS)


def read(content: Content) -> Iterator[Record | Reject]:
    """The news items of the document; items that are no news item are rejected as what they are."""
    root = parse_xml(content.data)
    items = [element for element in root.iter() if local_name(element) in ("newsitem", *_OTHERS)]
    for number, item in enumerate(items, 1):
        place = f"item {number}" if local_name(root) == "newsmessage" else None
        if local_name(item) == "newsitem":
            yield _read_item(item, place)
        else:
            name = local_name(item)
            yield Reject(None, "not_an_article", f"is a {name} of NewsML-G2, not a text", place)


def _read_item(item: _Element, place: str | None) -> Record | Reject:
    body = _body(item)
    kind = (find_attribute(item, "itemClass", "qcode") or "").rpartition(":")[2]
    if not body and kind not in ("", "text", "composite"):
        return Reject(None, "not_an_article", f"is a NewsML-G2 item of class {kind!r}, not a text", place)
    published, published_in = _published(item)
    values = {
        "headline": _headline(item),
        "byline": _byline(item),
        "outlet": _name(item, "infoSource") or _name(item, "copyrightHolder"),
        "agency": _name(item, "provider"),
        "dateline": find_text(item, "dateline"),
        "dateline_place": _name(item, "located"),
        "published": published,
        "published_in": published_in,
        "updated": find_text(item, "versionCreated"),
        "language": find_attribute(item, "language", "tag")
        or item.get("{http://www.w3.org/XML/1998/namespace}lang"),
        "url": _url(item),
        "guid": item.get("guid"),
        "version": item.get("version"),
        "status": (find_attribute(item, "pubStatus", "qcode") or "usable").rpartition(":")[2],
        "embargo": find_text(item, "embargoed"),
        "note": find_text(item, "edNote"),
    }
    extra = {
        "slugline": find_text(item, "slugline"),
        "urgency": find_text(item, "urgency"),
        "subjects": [subject.get("qcode") for subject in item.iter("{*}subject") if subject.get("qcode")],
        "signals": [signal.get("qcode") for signal in item.iter("{*}signal") if signal.get("qcode")],
    }
    return build_record(body, values, extra=extra, place=place)


def _body(item: _Element) -> str:
    """The text of the first content that has any: inline XML (NITF, XHTML) before inline data."""
    for content_set in children(item, "contentSet"):
        for inline in children(content_set, "inlineXML"):
            main = [part for part in inline.iter() if local_name(part) == "body.content"] or [
                part for part in inline.iter() if local_name(part) == "body"
            ]
            if text := block_text(main[0] if main else inline):
                return text
        for inline in children(content_set, "inlineData"):
            if text := inner_markup(inline).strip():
                return text
    return ""


def _headline(item: _Element) -> str | None:
    return next((find_text(meta, "headline") for meta in children(item, "contentMeta")), None) or find_text(
        item, "headline", "title"
    )


def _published(item: _Element) -> tuple[str | None, str | None]:
    for name in ("contentCreated", "firstCreated", "versionCreated"):
        if value := find_text(item, name):
            return value, f"element {name}"
    return None, None


def _byline(item: _Element) -> str | None:
    """`by` as written, else the names of the creators."""
    names = [_own_name(creator) for creator in item.iter("{*}creator")]
    return find_text(item, "by", "byline") or ", ".join(filter(None, names)) or None


def _name(item: _Element, element: str) -> str | None:
    """The name inside the first such element, else its literal."""
    for found in item.iter(f"{{*}}{element}"):
        if name := _own_name(found) or found.get("literal"):
            return name
    return None


def _own_name(element: _Element) -> str | None:
    return next((element_text(name) for name in children(element, "name")), None)


def _url(item: _Element) -> str | None:
    """A link to the page of the article: `<link rel="irel:seeAlso">` may lead anywhere, so only the item's own."""
    for link in item.iter("{*}link"):
        if (link.get("rel") or "").endswith(("webVersion", "isPublishedAs")):
            return link.get("href")
    return None


FORMAT = Format(
    "newsml-g2",
    "IPTC NewsML-G2: items and messages, versions, pubStatus, embargo, dateline, byline; NITF, XHTML or plain inside",
    "wire/item.newsml.xml",
    recognises,
    read,
)
