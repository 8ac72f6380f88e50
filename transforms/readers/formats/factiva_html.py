"""Read the articles of a Factiva page saved by a browser, recognised by the classes of its elements in every language.

    <div class="article enArticle"> <div id="hd">headline</div> <div class="author">...</div> <div>212 words</div>
    <div>3 June 2019</div> <div>outlet</div> ... <p class="articleParagraph enarticleParagraph">text</p>

In an export with field codes, the same content is in a table, whose rows hold a code and its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.readers.build_record import build_record
from transforms.readers.fields.dates import read_date
from transforms.readers.fields.locales import find_language, localise, search_day
from transforms.readers.formats.factiva_fields import ACCESSION, name_fields
from transforms.readers.markup import block_text, element_text, local_name, parse_html
from transforms.readers.records import Record, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element

MARKS = re.compile(rb"class=[\"'](?:[^\"'>]{0,80} )?(?:articleParagraph|article [a-z]{2,4}Article)[\"' ]")
_LANGUAGE = re.compile(r"(?:^|\s)article\s+(?P<language>[a-z]{2})[a-z]{0,2}Article(?:\s|$)")
_COUNTED = re.compile(r"[0-9]{1,4}\)\s+")
_COUNT = re.compile(r"[0-9][0-9.,' ]*[^\W\d_]{1,15}")  # "212 words", "1.285 Wörter", "8165 字"
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*[AP]M)?(?:\s*[A-Z]{3,4})?")
_CODE = re.compile(r"[A-Z0-9]{2,8}")
_COPYRIGHT = re.compile(r"\s*(?:copyright|\(c\)|©)", re.IGNORECASE)
_TEXT = ("LP", "TD")


def read_html(text: str) -> Iterator[Record | Reject]:
    """Yield the articles in the elements that Factiva marks as articles."""
    root = parse_html(text)
    articles = (
        [] if root is None else [one for one in root.iter() if _LANGUAGE.search(one.get("class") or "")]
    )
    for number, article in enumerate(articles, 1):
        yield _read_article(article, f"document {number}")


def _read_article(article: _Element, place: str) -> Record | Reject:
    rows = list(_rows(article))
    values, body, extra = _read_rows(rows) if rows else _read_divs(article)
    values["guid"] = values.get("guid") or _find_guid(article)
    match = _LANGUAGE.search(article.get("class") or "")
    values["language"] = (match["language"] if match else None) or values.get("language")
    return localise(build_record(body, values, extra=extra, place=place))


def _find_guid(article: _Element) -> str | None:
    """Return the accession number: after the text, else in the name of the element around the article."""
    parent = article.getparent()
    named = article.get("id") or (parent.get("id") if parent is not None else None) or ""
    places = [element_text(article)[-80:], named]
    return next((found[-1] for place in places if (found := ACCESSION.findall(place))), None)


def _rows(article: _Element) -> Iterator[tuple[str, _Element]]:
    """Yield the code and the cell in each row of a table of fields."""
    for row in article.iter("tr"):
        cells = [cell for cell in row if local_name(cell) in ("td", "th")]
        if len(cells) > 1 and "index" in (cells[0].get("class") or "").split():
            yield element_text(cells[0]), cells[1]


def _read_rows(rows: list[tuple[str, _Element]]) -> tuple[dict[str, str | None], str, dict[str, str]]:
    texts = [_paragraphs(cell) or block_text(cell) for code, cell in rows if code in _TEXT]
    values, extra = name_fields({code: element_text(cell) for code, cell in rows if code not in _TEXT})
    return values, "\n\n".join(filter(None, texts)), extra


def _paragraphs(element: _Element) -> str:
    found = (one for one in element.iter() if "articleParagraph" in (one.get("class") or "").split())
    return "\n\n".join(filter(None, map(block_text, found)))


def _read_divs(article: _Element) -> tuple[dict[str, str | None], str, dict[str, str]]:
    """Read an article without field codes, by the position of each line relative to the word count."""
    above: list[str] = []
    below: list[str] = []
    values: dict[str, str | None] = {}
    for element in _header(article):
        line = element_text(element)
        if element.get("id") == "hd":
            counted = "counted" in {
                name for one in element.iter() for name in (one.get("class") or "").split()
            }
            values["headline"] = _COUNTED.sub("", line, count=1) if counted else line
        elif "author" in (element.get("class") or "").split():
            values["byline"] = line
        elif line:
            (below if values.get("headline") else above).append(line)
    extra = {"section": above[-1]} if above else {}
    _read_lines(below, values, extra)
    return values, _paragraphs(article), extra


def _header(article: _Element) -> Iterator[_Element]:
    """Yield the elements above the first paragraph that contain a single line."""
    for element in article.iter("div", "p"):
        if "articleParagraph" in (element.get("class") or "").split():
            return
        inner = [one for one in element.iter("div", "p") if one is not element]
        if local_name(element) == "div" and not inner and element is not article:
            yield element


def _read_lines(lines: list[str], values: dict[str, str | None], extra: dict[str, str]) -> None:
    """Read the lines below the headline into `values` and `extra`: word count, day, time, outlet, outlet code."""
    day = next((index for index, line in enumerate(lines) if read_date(line) or search_day(line)), None)
    if day is None:
        return
    values["published"], values["published_in"] = lines[day], "line below the count of words"
    above = [line for line in lines[:day] if not _COUNT.fullmatch(line)]
    if above and not values.get("byline"):
        values["byline"] = above[0]
    rest = [line for line in lines[day + 1 :] if not _TIME.fullmatch(line)]
    values["outlet"] = rest.pop(0) if rest and not _COPYRIGHT.match(rest[0]) else None
    if rest and _CODE.fullmatch(rest[0]):
        extra["source_code"] = rest[0]
    for line in rest:
        if language := find_language(line):
            values["language"] = language
