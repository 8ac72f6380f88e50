"""Read NITF, the IPTC's News Industry Text Format: each `nitf` document becomes one record.

https://iptc.org/std/NITF/ : metadata in `head/docdata`, headline, byline and dateline in `body.head`, text in
`body.content`. `du-key` counts the versions of a story, `ed-msg` is a note to editors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.fields.dates import read_date
from transforms.readers.fields.locales import localise
from transforms.readers.format import Format
from transforms.readers.formats.wire_text import wire_text
from transforms.readers.markup import (
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

_NUMBER = re.compile(r"^[0-9]{1,2}[. ]+(?=[A-Z])")


def recognises(content: Content) -> bool:
    return root_name(content) == "nitf"


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the article in a NITF document."""
    yield read_nitf(parse_xml(content.data))


def read_nitf(root: _Element) -> Record | Reject:
    """Return the article below a `nitf` element."""
    published, published_in = _published(root)
    values = {
        "headline": find_text(root, "hl1", "hedline") or _title(root),
        "byline": read_byline(root),
        "outlet": _outlet(root),
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
        "keywords": list(filter(None, (key.get("key") or key.text for key in root.iter("{*}keyword")))),
        "subjects": list(
            filter(None, (one.get("tobject.subject.refnum") for one in root.iter("{*}tobject.subject")))
        ),
        "management_doc_idref": find_attribute(
            root, "docdata", "management-doc-idref"
        ),  # id of the story that this one kills or replaces
        "management_idref_status": find_attribute(
            root, "docdata", "management-idref-status"
        ),  # new status of that story
    }
    return localise(build_record(_body(root), values, extra=extra))


def read_nitf_text(text: str) -> str:
    """Return the text of an article in NITF that is a field of another format. Raises Refused."""
    return _body(parse_xml(text.encode()))


def _body(root: _Element) -> str:
    """Return the paragraphs of `body.content` without pictures, captions and notes to editors."""
    contents = [element for element in root.iter() if local_name(element) == "body.content"]
    texts = [
        wire_text(element)
        for element in contents
        if not any(local_name(parent) == "note" for parent in element.iterancestors())
    ]
    return "\n\n".join(filter(None, texts))


def _published(root: _Element) -> tuple[str | None, str | None]:
    """Return the first valid date and its place: some agencies leave the template `YYYYMMDD000000-HHMM` unfilled."""
    written = [
        (find_attribute(root, name, attribute), f"element {name}")
        for name, attribute in (
            ("date.issue", "norm"),
            ("date.release", "norm"),
            ("pubdata", "date.publication"),
            ("story.date", "norm"),
        )
    ]
    written.append((find_text(root, "story.date"), "element story.date"))
    given = [(value, place) for value, place in written if value]
    return next((one for one in given if read_date(one[0])), given[0] if given else (None, None))


def _title(root: _Element) -> str | None:
    """Return the title without the page number before it: "SOCCER Teams" for "1 SOCCER Teams"."""
    return _NUMBER.sub("", find_text(root, "title") or "") or None


def _outlet(root: _Element) -> str | None:
    """Return the publication, else the copyright holder, else the sender."""
    holder = find_attribute(root, "doc.copyright", "holder") or find_text(root, "doc.copyright.holder")
    if holder:
        holder = re.split(r"[.,;]?\s*all rights reserved", holder, flags=re.IGNORECASE)[0]
    return find_attribute(root, "pubdata", "name") or holder or find_attribute(root, "from-src", "src-name")


def read_byline(root: _Element) -> str | None:
    """Return the marked persons in the byline or, without any, all its text except `byttl` (job titles)."""
    for byline in root.iter("{*}byline"):
        people = [element_text(element) for element in byline.iter() if local_name(element) == "person"]
        whole = element_text(byline)
        for title in byline.iter("{*}byttl"):
            whole = whole.replace(element_text(title), "").strip(" ,;")
        if names := ", ".join(filter(None, people)) or whole:
            return names
    return None


def _dateline_place(root: _Element) -> str | None:
    """Return the place, with commas between its parts: town, state, country."""
    for dateline in root.iter("{*}dateline"):
        for location in children(dateline, "location"):
            parts = [text for part in location if (text := element_text(part))]
            whole = element_text(location)
            return ", ".join(parts) if len(parts) > 1 and "," not in whole else whole or None
    return None


def _dateline_date(root: _Element) -> str | None:
    return find_text(root, "story.date")


def _language(root: _Element) -> str | None:
    language = root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return language or find_attribute(root, "body", "{http://www.w3.org/XML/1998/namespace}lang")


def _status(root: _Element) -> str | None:
    """Return the `management-status` of `docdata`: usable, embargoed, withheld or canceled."""
    return find_attribute(root, "docdata", "management-status")


def _is_embargoed(root: _Element) -> bool:
    return _status(root) == "embargoed"


FORMAT = Format(
    "nitf",
    "IPTC NITF: headline, byline, dateline, dates, doc-id, version (du-key), management status, note to editors",
    "wire/story.nitf.xml",
    recognises,
    read,
)
