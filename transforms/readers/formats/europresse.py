"""Read Europresse and Eureka exports as HTML: one page with many articles, each below the name of its publication.

Two layouts: tables with `TitreArticleVisu` (until about 2013), and `article` elements with a `header`. The text ends
above the copyright, the number of the document and the certificate of the download.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.readers.build_record import build_record
from transforms.readers.content import Content
from transforms.readers.fields.locales import localise, search_day
from transforms.readers.format import Format
from transforms.readers.markup import block_text, element_text, parse_html
from transforms.readers.records import Record, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAME = "DocPublicationName"
_TITLES = ("titrearticlevisu", "rdp__articletitle", "titrearticle", "grandtitre")
_AUTHORS = ("docauthors", "sm-margin-bottomnews")
_TEXTS = ("dococurrcontainer", "doctext")
_DOCUMENT = re.compile(r"\b[a-z]{2,8}·(?P<day>[0-9]{8})·[\w-]+·[\w-]+")
_END = re.compile(
    r"©|(?:Numéro de document|Document number|Note\(s\)|Certificat|Ce certificat|Date d'émission|Le présent document)\b"
    r"|Tous droits réservés|[a-z]{2,8}·[0-9]{8}·"
)
_ISSUE = re.compile(
    r"(?<!\s)\s*(?:,\s*(?:no\.?|n°|vol\.?|volume)\s.*|\(site web(?: réf\.)?\)\s*)$", re.IGNORECASE | re.DOTALL
)
_SENTENCE_END = re.compile(r"[.!?…»\"”:]$")


def recognises(content: Content) -> bool:
    return b"<" in content.head[:200] and _NAME.encode() in content.data


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the articles: a new article begins at each name of a publication."""
    root = parse_html(content.text)
    names = [] if root is None else list(_with_class(root, _NAME.lower()))
    around = Counter(parent for name in names for parent in name.iterancestors())
    for number, name in enumerate(names, 1):
        article = name
        for parent in name.iterancestors():
            if around[parent] > 1:
                break
            article = parent
        yield _read_article(article, name, f"document {number}")


def _read_article(article: _Element, name: _Element, place: str) -> Record | Reject:
    header = " ".join(map(element_text, _with_class(article, "docheader")))
    title = next((one for names in _TITLES for one in _with_class(article, names)), None)
    document = _DOCUMENT.search(block_text(article))
    outlet = block_text(name).split("\n")[0]
    values: dict[str, str | None] = {
        "headline": element_text(title) if title is not None else None,
        "outlet": _ISSUE.sub("", outlet) or outlet,
        "byline": next(
            (element_text(one) for names in _AUTHORS for one in _with_class(article, names)), None
        ),
        "guid": document[0] if document else None,
    }
    _read_day(header, document, values)
    bodies = [block_text(one) for names in _TEXTS for one in _with_class(article, names)][:1]
    body = _cut(bodies[0]) if bodies else _text_below(article, values)
    return localise(build_record(body, values, extra=_extra(header), place=place))


def _with_class(root: _Element, name: str) -> Iterator[_Element]:
    for element in root.iter():
        if isinstance(element.tag, str) and name in (element.get("class") or "").lower().split():
            yield element


def _read_day(header: str, document: re.Match[str] | None, values: dict[str, str | None]) -> None:
    if found := search_day(header[-100:]):
        values["published"], values["published_in"] = (
            header[-100:][found.start : found.end],
            "header of the document",
        )
    elif document:
        values["published"], values["published_in"] = document["day"], "number of the document"


def _extra(header: str) -> dict[str, str]:
    """Read the section at the start of a header: "Politique, jeudi 5 octobre 2013, p. 3"."""
    section, comma, rest = header.partition(",")
    return {"section": section.strip()} if comma and not search_day(section) and search_day(rest) else {}


def _text_below(article: _Element, values: dict[str, str | None]) -> str:
    """Return the text below the title; a short first line becomes the byline in `values`."""
    text = block_text(article)
    lines = text.split("\n")
    title = values["headline"] or ""
    at = next((index for index, line in enumerate(lines) if title and " ".join(line.split()) == title), None)
    if at is None:
        return _cut(text)
    blocks = _cut("\n".join(lines[at + 1 :])).strip().split("\n\n")
    if len(blocks) > 1 and not values["byline"] and _is_author(blocks[0]):
        values["byline"] = blocks.pop(0)
    return "\n\n".join(blocks)


def _cut(text: str) -> str:
    """Return the text above the first line of small print."""
    lines = text.split("\n")
    end = next((index for index, line in enumerate(lines) if _END.match(line.strip())), len(lines))
    return "\n".join(lines[:end])


def _is_author(line: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3]
    is_name = all(word[0].isupper() for word in words)
    return len(line) <= 100 and "\n" not in line and is_name and not _SENTENCE_END.search(line)


FORMAT = Format(
    "europresse",
    "Europresse and Eureka exports as HTML, in the old and the new layout; each document is an article",
    "europresse.html",
    recognises,
    read,
)
