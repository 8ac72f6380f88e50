"""Read ninjs, the IPTC's JSON for news (versions 1 to 3): each item becomes one record.

https://iptc.org/std/ninjs/ : `body_text`/`body_xhtml` in 1.x, `bodies` and `headlines` with roles from 2.0 on, names in
camel case from 3.0 on (`versionCreated`). Agencies wrap items: `{"data": {"items": [{"item": {...}}]}}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.fields.locales import localise
from transforms.readers.fields.values import as_text
from transforms.readers.format import Format
from transforms.readers.formats.nitf import read_nitf_text
from transforms.readers.markup import block_text, parse_html
from transforms.readers.records import Record, Reject

# Lower-case keys that identify a ninjs item; other JSON may have one of these keys by chance, but rarely two.
_MARKS = frozenset(
    "pubstatus versioncreated body_xhtml body_text bodies headlines descriptions description_text description_xhtml "
    "standard $standard representationtype copyrightholder copyrightnotice usageterms rightsinfo infosources ednote "
    "altids firstcreated contentcreated eventdetails planningdetails renditions associations trustindicator".split()
)
_USED = frozenset(
    "uri version versioncreated firstcreated pubstatus embargoed embargoedreason ednote headline headlines byline "
    "bylines located language body_text body_xhtml body_html bodies by infosources infosource usageterms "
    "copyrightholder copyrightnotice $schema $standard standard type profile contentcreated contentmodified rightsinfo "
    "datelines dateline provider source guid title representationtype".split()
)
# Types of items that are not texts, even with a caption.
_OTHERS = {
    "picture": "a picture", "photo": "a picture", "image": "a picture", "graphic": "a graphic", "animated": "a graphic",
    "video": "a video", "audio": "an audio recording", "event": "an event", "planning": "a planning item",
    "composite": "a package of other items", "package": "a package of other items", "component": "a component",
}  # fmt: skip
_WITH_TEXT = frozenset({"composite", "package", "component"})  # types that may have a text
_ENVELOPES = ("data", "items", "item", "newsitems", "newsItems")
_LESSER = frozenset("teaser summary lead abstract caption headline short sms push social seo".split())
_TEXT_CLASSES = frozenset({"bodytext", "articlebody", "article-body"})


def is_item(item: Mapping[str, Any]) -> bool:
    """Whether an object is a ninjs item: it has a uri (or guid) and several keys that only ninjs uses."""
    names = {str(name).lower() for name in item}
    return len(_MARKS & names) >= (2 if "uri" in names else 4 if "guid" in names else 99)


def build(item: Mapping[str, Any], place: str | None = None) -> Record | Reject:
    """Return the record of a text item; the reject of a picture, video, event or package names its type."""
    written, item = item, {str(name).lower(): value for name, value in item.items()}
    body = _body(item)
    if reject := _reject(item, body, place):
        return reject
    published, published_in = _published(item)
    uri = as_text(item.get("uri")) or ""
    values = {
        "headline": _best(item.get("headlines"))
        or as_text(item.get("headline"))
        or as_text(item.get("title")),
        "byline": _byline(item),
        "dateline_place": as_text(item.get("located")),
        "dateline": as_text(item.get("dateline") or item.get("datelines"), " "),
        "outlet": _source(item),
        "published": published,
        "published_in": published_in,
        "updated": as_text(item.get("versioncreated") or item.get("contentmodified")),
        "language": as_text(item.get("language")),
        "url": uri if uri.startswith("http") else None,
        "guid": uri or as_text(item.get("guid")),
        "version": as_text(item.get("version")),
        "status": as_text(item.get("pubstatus")),
        "embargo": as_text(item.get("embargoed")),
        "note": as_text(item.get("ednote")),
    }
    extra = {name: value for name, value in written.items() if str(name).lower() not in _USED}
    return localise(build_record(body or _description(item), values, extra=extra, place=place))


def _reject(item: Mapping[str, Any], body: str, place: str | None) -> Reject | None:
    kind = str(item.get("type") or ("event" if "eventdetails" in item else "text")).lower()
    if kind in _OTHERS and not (kind in _WITH_TEXT and body):
        what = "with only a caption" if body else "without a text"
        return Reject(None, "not_an_article", f"is {_OTHERS[kind]} {what} (ninjs)", place)
    renditions = item.get("renditions")
    if not body and kind == "text" and isinstance(renditions, dict) and not _description(item):
        names = ", ".join(list(renditions)[:5])
        return Reject(None, "no_body", f"is a ninjs item whose text is in separate files: {names}", place)
    return None


def _parts(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list, with their keys in lower case."""
    found = value if isinstance(value, list) else []
    return [
        {str(name).lower(): one for name, one in part.items()} for part in found if isinstance(part, dict)
    ]


def _body(item: Mapping[str, Any]) -> str:
    """Return the full text, not a teaser: HTML is preferred to plain text, and plain text to NITF."""
    bodies = [body for body in _parts(item.get("bodies")) if as_text(body.get("value"))]
    if bodies:
        best = min(bodies, key=_rank)
        return _read_body(str(as_text(best["value"])), str(best.get("contenttype") or ""))
    return next(
        (text for name in ("body_xhtml", "body_html", "body_text") if (text := as_text(item.get(name)))), ""
    )


def _rank(body: Mapping[str, Any]) -> tuple[bool, int]:
    kind = f"{body.get('contenttype')} {body.get('role')}".lower()
    return str(body.get("role")).lower() in _LESSER, 0 if "html" in kind else 2 if "nitf" in kind else 1


def _read_body(text: str, kind: str) -> str:
    if "nitf" in kind.lower() or text.lstrip().startswith("<?xml"):
        return read_nitf_text(text)
    return _main_markup(text) if 'class="' in text else text


def _main_markup(text: str) -> str:
    """Return the text of the HTML element that is marked as the article's text, without headline and place.

    If no element is marked, return the HTML unchanged.
    """
    root = parse_html(text)
    for element in [] if root is None else root.iter():
        if _TEXT_CLASSES & set((element.get("class") or "").lower().split()):
            return block_text(element)
    return text


def _best(values: Any) -> str | None:
    """Return the main headline or description from a list of `headlines` or `descriptions`."""
    named = [one for one in _parts(values) if as_text(one.get("value"))]
    named.sort(key=lambda one: one.get("role") not in (None, "main"))
    return as_text(named[0]["value"]) if named else None


def _description(item: Mapping[str, Any]) -> str:
    """Return the description of a text item without a text, for the reason of its reject."""
    texts = [one for one in _parts(item.get("descriptions")) if one.get("role") not in ("caption", "writer")]
    names = ("description_xhtml", "description_html", "description_text")
    return _best(texts) or next(filter(None, (as_text(item.get(name)) for name in names)), "") or ""


def _byline(item: Mapping[str, Any]) -> str | None:
    names = [as_text(one.get("by") or one.get("byline") or one) for one in _parts(item.get("bylines"))]
    names = names or [as_text(one) for one in _parts(item.get("authors"))]
    return as_text(item.get("byline") or item.get("by")) or ", ".join(filter(None, names)) or None


def _published(item: Mapping[str, Any]) -> tuple[str | None, str | None]:
    for name in ("contentcreated", "firstcreated", "versioncreated"):
        if value := as_text(item.get(name)):
            return value, f"field {name}"
    return None, None


def _source(item: Mapping[str, Any]) -> str | None:
    """Return the provider that the item names."""
    sources = _parts(item.get("infosources")) or _parts(item.get("infosource"))
    named = as_text(sources[0]) or as_text(sources[0].get("literal")) if sources else None
    return named or next(
        (text for name in ("source", "provider", "copyrightholder") if (text := as_text(item.get(name)))),
        None,
    )


def _find_items(document: Any) -> list[Any] | None:
    """Return the items of a document without the objects around them; None if the first object is not an item."""
    for _ in range(2 * len(_ENVELOPES)):
        if isinstance(document, dict) and is_item(document):
            return [document]
        if isinstance(document, list):
            items = [_unwrap(item) for item in document]
            return items if items and isinstance(items[0], dict) and is_item(items[0]) else None
        inner = (
            [document[name] for name in _ENVELOPES if name in document] if isinstance(document, dict) else []
        )
        if not inner:
            return None
        document = inner[0]
    return None


def _unwrap(item: Any) -> Any:
    """Return the item in an envelope such as `{"meta": {}, "item": {...}}`."""
    return item["item"] if isinstance(item, dict) and isinstance(item.get("item"), dict) else item


def recognises(content: Content) -> bool:
    """Whether the content is an item or a list of items, alone or in the response of an agency's API."""
    return bool(_find_items(content.json))


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the record or the reject of each ninjs item in the file."""
    items = _find_items(content.json) or []
    for number, item in enumerate(items, 1):
        place = f"item {number}" if len(items) > 1 or isinstance(content.json, list) else None
        if isinstance(item, dict) and ("uri" in item or "guid" in item):
            yield build(item, place)
        else:
            yield Reject(None, "not_an_article", "is not a ninjs item", place)


FORMAT = Format(
    "ninjs",
    "IPTC ninjs 1 to 3: versions, pubstatus, embargo, editor's note, byline; text as XHTML, NITF or plain text",
    "wire/item.json",
    recognises,
    read,
)
