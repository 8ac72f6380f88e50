"""Read RSS 0.9 to 2.0, RSS 1.0 (RDF) and Atom files, and exports of WordPress (WXR): each entry is one article.

An entry with only a summary is an article too. A WordPress export also has pictures, menus and drafts, which are
rejected. Its texts have line ends instead of paragraph elements, and shortcodes: `[gallery ids="1"]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.markup import child_text, children, inner_markup, local_name, parse_xml, root_name
from transforms.readers.records import Record, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element

_BODIES = ("encoded", "content", "description", "summary")  # content:encoded, atom:content, ...
_USED = frozenset(
    "title link guid id pubdate date published updated modified creator author encoded content description summary "
    "source language dc:language issued".split()
)

_WORDPRESS = "http://wordpress.org/export/"
_POSTS = frozenset({"post", "page"})
_PUBLIC = frozenset({"publish", "inherit", "future", ""})
_CAPTION = re.compile(r"\[caption[^\]]{0,1000}\].{0,2000}?\[/caption\]", re.DOTALL | re.IGNORECASE)
_SHORT_CODE = re.compile(
    r"\[(?P<close>/?)(?P<name>[a-z][a-z0-9_-]{2,30})(?P<values>\s[^\[\]<>]{0,1000})?/?\]"
)
_WORDS_OF_CODES = frozenset("gallery embed audio video playlist contact-form".split())
_PARAGRAPH = re.compile(r"\r?\n\s*\n|\n(?=<h[1-6])|(?<=</h[1-6]>)")
_BLOCK_TAG = re.compile(r"<p[\s>]", re.IGNORECASE)


def recognises(content: Content) -> bool:
    return root_name(content) in ("rss", "rdf", "feed", "channel")


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the entries, in the order of the feed."""
    root = parse_xml(content.data)
    channel = next(iter(children(root, "channel")), root)
    known = {
        "outlet": child_text(channel, "title"),
        "language": child_text(channel, "language") or _language(root),
    }
    entries = (element for element in root.iter() if local_name(element) in ("item", "entry"))
    for number, entry in enumerate(entries, 1):
        yield _read_entry(entry, known, f"item {number}")


def _read_entry(entry: _Element, known: dict[str, str | None], place: str) -> Record | Reject:
    if reason := _why_no_post(entry):
        return Reject(None, "not_an_article", reason, place)
    published_name = next(
        (name for name in ("pubDate", "published", "date", "issued") if child_text(entry, name)), None
    )
    source = child_text(entry, "source") if not list(children(entry, "id")) else None
    values = {
        "headline": child_text(entry, "title"),
        "byline": ", ".join(filter(None, map(_person, children(entry, "creator", "author")))) or None,
        "outlet": source or known["outlet"],
        "published": child_text(entry, published_name) if published_name else child_text(entry, "updated"),
        "published_in": f"element {published_name or 'updated'}",
        "updated": child_text(entry, "updated", "modified"),
        "language": child_text(entry, "language") or _language(entry) or known["language"],
        "url": _link(entry),
        "guid": child_text(entry, "guid", "id"),
    }
    extra: dict[str, list[str]] = {}
    for child in entry:
        name = local_name(child)
        if name and name not in _USED and child.text and child.text.strip():
            extra.setdefault(name, []).append(child.text.strip())
    return build_record(_body(entry), values, extra=extra, place=place)


def _body(entry: _Element) -> str:
    """Return the longest candidate for the text: many feeds have both a summary and the full text."""
    text = max((inner_markup(child) for child in children(entry, *_BODIES)), key=len, default="")
    return _set_paragraphs(text) if _wordpress(entry, "post_type") is not None else text


def _wordpress(entry: _Element, name: str) -> str | None:
    """Return the text of a WordPress element, or None if there is no such element."""
    return next(
        (
            (child.text or "").strip()
            for child in children(entry, name)
            if str(child.tag).startswith(f"{{{_WORDPRESS}")
        ),
        None,
    )


def _why_no_post(entry: _Element) -> str | None:
    kind, status = _wordpress(entry, "post_type"), _wordpress(entry, "status")
    if kind is not None and kind not in _POSTS:
        return f"is not a WordPress post: its type is {kind!r}"
    if status is not None and status not in _PUBLIC:
        return f"is a WordPress post that is not published ({status})"
    return None


def _set_paragraphs(text: str) -> str:
    """Remove shortcodes from a text and put its paragraphs into elements, as WordPress does on its pages."""
    text = _CAPTION.sub("", text)
    closed = {match["name"] for match in _SHORT_CODE.finditer(text) if match["close"]}
    text = _SHORT_CODE.sub(lambda match: "" if _is_code(match, closed) else match[0], text)
    if _BLOCK_TAG.search(text):
        return text
    return "".join(f"<p>{part}</p>" for part in _PARAGRAPH.split(text) if part.strip())


def _is_code(match: re.Match[str], closed: set[str]) -> bool:
    """Whether brackets hold a shortcode (`[dropcap]T[/dropcap]he`) rather than a word ("[sic]")."""
    name, values = match["name"], match["values"] or ""
    return name in closed or name in _WORDS_OF_CODES or "_" in name or "=" in values


def _person(element: _Element) -> str | None:
    """Read a person: `<author><name>Ada Example</name>`, `mail@example.org (Ada Example)`, or only the name."""
    written = child_text(element, "name") or "".join(element.itertext()).strip()
    if "(" in written and "@" in written.split("(")[0]:
        return written.split("(")[1].rstrip(") ")
    return written or None


def _link(entry: _Element) -> str | None:
    links = list(children(entry, "link"))
    for link in links:
        if link.get("href") and link.get("rel") in (None, "alternate"):
            return str(link.get("href"))
    written = next((link.text.strip() for link in links if link.text and link.text.strip()), None)
    guid = next(iter(children(entry, "guid")), None)
    if (
        written is None
        and guid is not None
        and guid.get("isPermaLink") != "false"
        and (guid.text or "").startswith("http")
    ):
        return str(guid.text)
    return written


def _language(element: _Element) -> str | None:
    language: str | None = element.get("{http://www.w3.org/XML/1998/namespace}lang")
    return language


FORMAT = Format(
    "feed",
    "RSS files, Atom files and WordPress exports: title, author, date, address, guid, full text or summary",
    "feeds/news.rss",
    recognises,
    read,
)
