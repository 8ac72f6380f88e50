"""Read NewsML 1.x, the predecessor of NewsML-G2: each text component of a news item becomes one record.

https://iptc.org/standards/newsml-1/ : `NewsItem` has `Identification` (provider, revision), `NewsManagement` (dates,
status) and nested components; a component has `NewsLines` (headline, byline, dateline) and content items.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.fields.datelines import split_dateline
from transforms.readers.fields.locales import localise, search_day
from transforms.readers.format import Format
from transforms.readers.formats.nitf import read_byline
from transforms.readers.formats.wire_text import wire_text
from transforms.readers.markup import (
    child_text,
    children,
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

_MEDIA = {
    "photo": "a picture", "picture": "a picture", "image": "a picture", "graphic": "a graphic", "video": "a video",
    "audio": "an audio recording", "complexdata": "a package of other items",
}  # fmt: skip
_TITLES = frozenset({"title", "headline"})
_NO_TEXTS = _TITLES | {"caption", "legend", "photo caption", "teaser", "abstract", "summary", "lead"}


def recognises(content: Content) -> bool:
    return root_name(content) == "newsml"


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the texts of each news item; the reject of an item without a text says what kind it is."""
    root = parse_xml(content.data)
    items = [element for element in root.iter() if local_name(element) == "newsitem"]
    for number, item in enumerate(items, 1):
        place = f"item {number}" if len(items) > 1 else None
        texts = list(_texts(item))
        if not texts:
            yield _reject(item, place)
        for order, (component, text) in enumerate(texts, 1):
            inner = f"text {order}" if len(texts) > 1 else None
            yield _read_text(root, item, component, text, " > ".join(filter(None, (place, inner))) or None)


def _texts(item: _Element) -> Iterator[tuple[_Element, str]]:
    """Yield each component that has a text, with its first text; captions and teasers do not count."""
    for component in item.iter("{*}NewsComponent"):
        if _role(component).lower() in _NO_TEXTS:
            continue
        for content_item in children(component, "ContentItem"):
            kind = (find_attribute(content_item, "MediaType", "FormalName") or "text").lower()
            text = "\n\n".join(filter(None, map(_data_text, children(content_item, "DataContent"))))
            if kind == "text" and text:
                yield component, text
                break


def _data_text(data: _Element) -> str:
    contents = [part for part in data.iter() if local_name(part) == "body.content"]
    bodies = contents or [part for part in data.iter() if local_name(part) == "body"]
    if not len(data):
        return (data.text or "").strip()  # plain text, or HTML that is escaped
    return "\n\n".join(filter(None, map(wire_text, bodies or [data])))


def _reject(item: _Element, place: str | None) -> Reject:
    kinds = [media.get("FormalName") or "" for media in item.iter("{*}MediaType")]
    what = next((_MEDIA[kind.lower()] for kind in kinds if kind.lower() in _MEDIA), None)
    if what:
        return Reject(None, "not_an_article", f"is {what} without a text (NewsML 1)", place)
    is_package = any(True for _ in item.iter("{*}NewsItemRef"))
    if is_package:
        return Reject(None, "not_an_article", "is a package of other items without a text (NewsML 1)", place)
    return Reject(None, "no_body", "is a NewsML 1 item without a text", place)


def _read_text(
    root: _Element, item: _Element, component: _Element, text: str, place: str | None
) -> Record | Reject:
    above = [component, *(one for one in component.iterancestors() if local_name(one) == "newscomponent")]
    published, published_in = _published(root, item)
    status = (find_attribute(item, "Status", "FormalName") or "").lower()
    language = next(
        (value for one in above if (value := find_attribute(one, "Language", "FormalName"))), None
    )
    provider, source = _party(item, "Provider"), _party(item, "Source")
    values: dict[str, str | None] = {
        "headline": _line(above, "HeadLine") or find_text(component, "hl1") or _role_text(item, _TITLES),
        "byline": _line(above, "ByLine") or read_byline(component),
        "outlet": source or provider or find_text(item, "ProviderId"),
        "agency": provider,
        "published": published,
        "published_in": published_in,
        "updated": find_text(item, "ThisRevisionCreated"),
        "language": language or component.get("{http://www.w3.org/XML/1998/namespace}lang"),
        "guid": find_text(item, "PublicIdentifier", "NewsItemId"),
        "version": find_text(item, "RevisionId"),
        "status": status or None,
        "embargo": next((find_text(one, "DateAndTime") for one in item.iter("{*}StatusWillChange")), None),
        "note": _line(above, "EditorialNote") or find_attribute(item, "Instruction", "FormalName"),
    }
    _read_dateline(_line(above, "DateLine") or find_text(component, "dateline") or "", values)
    if not values.get("dateline_place"):
        values["dateline_place"] = _city(item)
    extra = {
        "slugline": _line(above, "SlugLine") or find_text(item, "NameLabel"),
        "urgency": find_attribute(item, "Urgency", "FormalName"),
        "subjects": [
            one.get("FormalName") for one in item.iter("{*}Subject", "{*}SubjectMatter", "{*}SubjectDetail")
        ],
    }
    return localise(build_record(text, values, extra=extra, place=place))


def _line(above: list[_Element], name: str) -> str | None:
    """Return the news line `name` from the innermost component that has such a line."""
    for component in above:
        for lines in children(component, "NewsLines"):
            for line in children(lines, name):
                if text := element_text(line):
                    return text
    return None


def _role(component: _Element) -> str:
    return next((role.get("FormalName") or "" for role in children(component, "Role")), "")


def _role_text(item: _Element, roles: frozenset[str]) -> str | None:
    """Return the text of the first component with one of the roles: some agencies send the title as a component."""
    for component in item.iter("{*}NewsComponent"):
        if _role(component).lower() in roles and (text := find_text(component, "DataContent")):
            return text
    return None


def _city(item: _Element) -> str | None:
    cities = (one.get("Value") for one in item.iter("{*}Property") if one.get("FormalName") == "City")
    return next(filter(None, cities), None)


def _party(item: _Element, name: str) -> str | None:
    return next((find_attribute(one, "Party", "FormalName") for one in item.iter(f"{{*}}{name}")), None)


def _published(root: _Element, item: _Element) -> tuple[str | None, str | None]:
    for name in ("FirstCreated", "ThisRevisionCreated", "DateId"):
        if value := find_text(item, name):
            return value, f"element {name}"
    sent = next((child_text(one, "DateAndTime") for one in children(root, "NewsEnvelope")), None)
    return sent, "element DateAndTime" if sent else None


def _read_dateline(written: str, values: dict[str, str | None]) -> None:
    """Read a dateline whose day may be in any language: "Strasbourg, 10 juil 2024 (AFP) -"."""
    found = search_day(written)
    if found:
        values["dateline_date"] = written[found.start : found.end]
        written = written[: found.start].rstrip(" ,") + written[found.end :]
    agency = values["agency"]
    values |= split_dateline(written)
    values["agency"] = values["agency"] or agency


FORMAT = Format(
    "newsml1",
    "NewsML 1.0 to 1.2: items and their components, revisions, status, dates, headline, byline, dateline",
    "wire/item.newsml1.xml",
    recognises,
    read,
)
