"""ninjs, the IPTC's JSON for news (versions 1 to 3): one item -> one record.

https://iptc.org/std/ninjs/ : `body_text`/`body_xhtml` in 1.x, `bodies` and `headlines` with roles from 2.0 on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transforms.readers.article import build_record
from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.names import as_text
from transforms.readers.records import Record, Reject

_MARKS = {
    "pubstatus",
    "versioncreated",
    "versionCreated",
    "pubStatus",
    "body_xhtml",
    "body_text",
    "bodies",
    "standard",
}
_USED = {
    "uri", "altids", "version", "versioncreated", "firstcreated", "pubstatus", "embargoed", "embargoedreason", "ednote",
    "headline", "headlines", "byline", "bylines", "located", "language", "body_text", "body_xhtml", "body_html",
    "bodies", "by", "infosources", "usageterms", "copyrightholder", "$schema", "standard", "type", "profile",
    "contentcreated", "contentmodified", "rightsinfo", "datelines", "dateline", "provider",
}  # fmt: skip


def is_item(item: Mapping[str, Any]) -> bool:
    """Whether an object is a ninjs item: it has a uri and some of the names that only ninjs has."""
    return "uri" in item and len(_MARKS & item.keys()) >= 2


def build(item: Mapping[str, Any], place: str | None = None) -> Record | Reject:
    """The record of a text item; pictures, videos and packages are rejected as what they are."""
    kind = str(item.get("type", "text"))
    body = _body(item)
    if not body and kind not in ("text", "component"):
        return Reject(None, "not_an_article", f"is a ninjs item of type {kind!r}, not a text", place)
    published, published_in = _published(item)
    values = {
        "headline": _headline(item),
        "byline": as_text(item.get("byline") or item.get("bylines") or item.get("by")),
        "dateline_place": as_text(item.get("located")),
        "dateline": as_text(item.get("dateline") or item.get("datelines"), " "),
        "outlet": _source(item),
        "published": published,
        "published_in": published_in,
        "updated": as_text(item.get("versioncreated")),
        "language": as_text(item.get("language")),
        "url": str(item["uri"]) if str(item["uri"]).startswith("http") else None,
        "guid": as_text(item.get("uri")),
        "version": as_text(item.get("version")),
        "status": as_text(item.get("pubstatus")),
        "embargo": as_text(item.get("embargoed")),
        "note": as_text(item.get("ednote")),
    }
    extra = {name: value for name, value in item.items() if name not in _USED}
    return build_record(body, values, extra=extra, place=place)


def _body(item: Mapping[str, Any]) -> str:
    """The text: the first of the whole bodies, else a `body_...` of ninjs 1.x; XHTML goes before plain text."""
    bodies = item.get("bodies")
    if isinstance(bodies, list):
        texts = [body for body in bodies if isinstance(body, dict) and as_text(body.get("value"))]
        texts.sort(
            key=lambda body: (
                body.get("role") not in (None, "main"),
                "html" not in str(body.get("contenttype")),
            )
        )
        if texts:
            return str(as_text(texts[0]["value"]))
    return next(
        (text for name in ("body_xhtml", "body_html", "body_text") if (text := as_text(item.get(name)))), ""
    )


def _headline(item: Mapping[str, Any]) -> str | None:
    headlines = item.get("headlines")
    if isinstance(headlines, list):
        named = [one for one in headlines if isinstance(one, dict)]
        named.sort(key=lambda one: one.get("role") not in (None, "main"))
        return as_text(named[0].get("value")) if named else None
    return as_text(item.get("headline"))


def _published(item: Mapping[str, Any]) -> tuple[str | None, str | None]:
    for name in ("contentcreated", "firstcreated", "versioncreated"):
        if value := as_text(item.get(name)):
            return value, f"field {name}"
    return None, None


def _source(item: Mapping[str, Any]) -> str | None:
    """The provider that the item names."""
    sources = item.get("infosources")
    if isinstance(sources, list) and sources:
        return as_text(sources[0])
    return as_text(item.get("provider")) or as_text(item.get("copyrightholder"))


def recognises(content: Content) -> bool:
    """One item, or a list of them."""
    document = content.json
    first = document[0] if isinstance(document, list) and document else document
    return isinstance(first, dict) and is_item(first)


def read(content: Content) -> Iterator[Record | Reject]:
    """Each item of the document."""
    items = content.json if isinstance(content.json, list) else [content.json]
    for number, item in enumerate(items, 1):
        place = f"item {number}" if isinstance(content.json, list) else None
        if isinstance(item, dict) and "uri" in item:
            yield build(item, place)
        else:
            yield Reject(None, "not_an_article", "is no ninjs item", place)


FORMAT = Format(
    "ninjs",
    "IPTC ninjs 1 to 3: versions, pubstatus, embargo, editor's note, byline, located, XHTML or plain bodies",
    "wire/item.json",
    recognises,
    read,
)
