"""Read NewsML-G2, the IPTC's envelope for news: each `newsItem` becomes one record.

https://iptc.org/std/NewsML-G2/ : each `newsItem` has `itemMeta` (what it is, versions, pubStatus, embargo),
`contentMeta` (headline, by, located, dateline, dates) and its text in `contentSet`, as NITF, XHTML or plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.fields.datelines import read_dateline
from transforms.readers.fields.locales import localise
from transforms.readers.format import Format
from transforms.readers.formats.nitf import read_byline
from transforms.readers.formats.wire_text import divide_lines, wire_text
from transforms.readers.markup import (
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

_OTHERS = {
    "packageitem": "a package of other items", "conceptitem": "an item about a concept",
    "knowledgeitem": "a list of concepts", "planningitem": "a planning item", "catalogitem": "a catalogue",
}  # fmt: skip
_CLASSES = {
    "picture": "a picture", "photo": "a picture", "graphic": "a graphic", "animation": "a graphic",
    "video": "a video", "audio": "an audio recording", "composite": "a package of other items",
}  # fmt: skip


def recognises(content: Content) -> bool:
    return root_name(content) in ("newsmessage", "newsitem", *_OTHERS)


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the news items of the document; a reject of any other item, such as a picture, names its kind."""
    root = parse_xml(content.data)
    items = [element for element in root.iter() if local_name(element) in ("newsitem", *_OTHERS)]
    for number, item in enumerate(items, 1):
        place = f"item {number}" if local_name(root) == "newsmessage" else None
        if local_name(item) == "newsitem":
            yield _read_item(item, place)
        else:
            what = _OTHERS[local_name(item)]
            yield Reject(None, "not_an_article", f"is {what} without a text (NewsML-G2)", place)


def _read_item(item: _Element, place: str | None) -> Record | Reject:
    body = _body(item)
    kind = (find_attribute(item, "itemClass", "qcode") or "").rpartition(":")[2]
    if kind in _CLASSES and not (kind == "composite" and body):
        what = "with only a caption" if body else "without a text"
        return Reject(None, "not_an_article", f"is {_CLASSES[kind]} {what} (NewsML-G2)", place)
    if not body and any(True for _ in item.iter("{*}remoteContent")):
        return Reject(None, "no_body", "is a NewsML-G2 item whose text is in a separate file", place)
    published, published_in = _published(item)
    values = {
        "headline": _headline(item),
        "byline": _byline(item),
        "outlet": _name(item, "infoSource") or _name(item, "copyrightHolder"),
        "agency": _name(item, "provider"),
        "dateline": _dateline(item),
        "dateline_place": None if _has_dateline(body) else _name(item, "located"),
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
        "note": _note(item),
    }
    extra = {
        "slugline": find_text(item, "slugline"),
        "urgency": find_text(item, "urgency"),
        "subjects": [subject.get("qcode") for subject in item.iter("{*}subject") if subject.get("qcode")],
        "signals": [signal.get("qcode") for signal in item.iter("{*}signal") if signal.get("qcode")],
    }
    return localise(build_record(body, values, extra=extra, place=place))


def _body(item: _Element) -> str:
    """Return the first text of inline XML (NITF, XHTML) or, if no inline XML has text, of inline data."""
    for content_set in children(item, "contentSet"):
        for inline in children(content_set, "inlineXML"):
            main = [part for part in inline.iter() if local_name(part) == "body.content"] or [
                part for part in inline.iter() if local_name(part) == "body"
            ]
            if text := wire_text(main[0] if main else inline):
                return text
        for inline in children(content_set, "inlineData"):
            if text := _inline_text(inline):
                return text
    return ""


def _inline_text(inline: _Element) -> str:
    """Return inline plain text or escaped HTML; join the lines of wrapped paragraphs."""
    text = inner_markup(inline).strip()
    bare = re.sub(r"</?(?:p|pre)>", "", text)
    paragraphs = None if "<" in bare else divide_lines(bare)
    return "\n\n".join(map(" ".join, paragraphs)) if paragraphs else text


def _headline(item: _Element) -> str | None:
    return next((find_text(meta, "headline") for meta in children(item, "contentMeta")), None) or find_text(
        item, "headline", "hl1", "title"
    )


def _published(item: _Element) -> tuple[str | None, str | None]:
    for name in ("contentCreated", "firstCreated", "versionCreated"):
        if value := find_text(item, name):
            return value, f"element {name}"
    return None, None


def _byline(item: _Element) -> str | None:
    """Return `by` as written; without it, the byline in the inner NITF; else the creators with a full name."""
    names = [name for creator in item.iter("{*}creator") if " " in (name := _own_name(creator) or "")]
    return find_text(item, "by") or read_byline(item) or ", ".join(names) or None


def _dateline(item: _Element) -> str | None:
    """Return the printed dateline, or None if it holds a time, as from some agencies: "2014-07-16 15:53:10 GMT"."""
    written = find_text(item, "dateline")
    return written if written and not written[0].isdigit() else None


def _has_dateline(body: str) -> bool:
    """Whether the text begins with a dateline, which takes precedence over the place where the item was made."""
    datelines = map(read_dateline, body.split("\n\n")[:3])
    return any(dateline and dateline.place for dateline in datelines)


def _note(item: _Element) -> str | None:
    """Return the notes to editors without a special role; if every note has a special role, the first note."""
    notes = [(note.get("role") or "", element_text(note)) for note in item.iter("{*}edNote")]
    chosen = [text for role, text in notes if not role or role.lower().endswith("editorialnote")]
    return " ".join(filter(None, chosen or [text for _, text in notes][:1])) or None


def _name(item: _Element, element: str) -> str | None:
    """Return the name in the first `element`; without a name, its literal; else its code without the scheme."""
    for found in item.iter(f"{{*}}{element}"):
        if name := _own_name(found) or found.get("literal") or (found.get("qcode") or "").rpartition(":")[2]:
            return name
    return None


def _own_name(element: _Element) -> str | None:
    return next((element_text(name) for name in children(element, "name")), None)


def _url(item: _Element) -> str | None:
    """Return the link of the item itself; other links, such as `<link rel="irel:seeAlso">`, may lead anywhere."""
    for link in item.iter("{*}link"):
        if (link.get("rel") or "").endswith(("webVersion", "isPublishedAs")):
            href: str | None = link.get("href")
            return href
    return None


FORMAT = Format(
    "newsml-g2",
    "IPTC NewsML-G2: items and messages with versions, pubStatus and embargo; text as NITF, XHTML or plain text",
    "wire/item.newsml.xml",
    recognises,
    read,
)
