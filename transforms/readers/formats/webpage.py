"""Read HTML pages: fields from JSON-LD, OpenGraph, meta elements and visible parts; main text by trafilatura."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from transforms.readers.build_record import build_record, clean_text
from transforms.readers.content import Content
from transforms.readers.fields.datelines import read_dateline
from transforms.readers.fields.values import as_text
from transforms.readers.format import Format
from transforms.readers.limits import Refused
from transforms.readers.markup import block_text, element_text, parse_html, refuse_deep, root_name
from transforms.readers.pages.page_bylines import Author, choose_byline, is_person_name
from transforms.readers.pages.page_lines import split_lines
from transforms.readers.pages.page_metadata import (
    Page,
    find_authors,
    find_standfirst,
    read_fields,
    split_address,
)
from transforms.readers.pages.page_prompts import drop_prompts, is_prompt, mentions_offers
from transforms.readers.pages.page_regions import drop_debris
from transforms.readers.pages.page_titles import letters_of
from transforms.readers.records import Record, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element

_HTML = re.compile(
    rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]|<article[\s>]|<title[\s>]"
    rb"|\A\s*<(?:script|style|noscript|meta|link)[\s>]",
    re.IGNORECASE,
)
_FRAGMENTS = frozenset(
    "a abbr aside b blockquote br center div dl em figure font h1 h2 h3 h4 h5 h6 hr i img main ol p section span strong"
    " q s table u ul li del ins small sub sup".split()
)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_XML = re.compile(rb"<\?xml|\sxmlns(?::\w+)?\s*=")
_MANY_TAGS = 20_000  # ordinary pages have a few thousand
_OFTEN_EMPTY = (
    "p",
    "div",
    "span",
    "a",
    "b",
    "i",
    "em",
    "strong",
    "font",
    "section",
    "li",
    "h1",
    "h2",
    "h3",
    "figure",
)
_SHORTEST = 40  # characters; a shorter text is not the main text
_MANY_LINES = 3_000  # elements with text; ordinary pages have a few hundred
_MOST_LINES = 10_000
_EXTRA = ("articleSection", "keywords", "description")  # fields of JSON-LD without a column
_REDIRECT = re.compile(
    r"\s*(?P<seconds>[0-9]{1,4})(?:\.[0-9]*)?\s*[;,]\s*(?:url\s*=)?\s*[\"']?(?P<url>[^\"'\s]{1,2000})",
    re.IGNORECASE,
)
_ARTICLE_METAS = {"article:published_time", "article:author", "datepublished"}
_TITLE_WORDS = 4  # a first heading of fewer words may be the name of a site
_FRONT = re.compile(r"/?(?:(?:index|home|default)(?:\.\w{2,5})?)?/?", re.IGNORECASE)
_BARRED = re.compile(
    r"enable javascript|verify (?:that )?you are (?:a )?human|are you a robot|unusual traffic|access denied"
    r"|access (?:is|to this page has been) denied|(?:page|article) (?:was |could )?not (?:be )?found"
    r"|403 forbidden|404 not found",
    re.IGNORECASE,
)
_LONGEST_ABOVE_DATELINE = 200  # characters of a line above a dateline
_TOP = 600  # characters at the top of a text to search for its headline
_MOST_LINES_ABOVE = 6  # lines at the top of a text to search for its headline
_SHORT_PAGE = 1_000  # characters; an error page has fewer


def recognises(content: Content) -> bool:
    """Whether the content is an HTML page, or a fragment of one, such as an article's text from a database."""
    if not _HTML.search(content.head[:2000]) and not _is_fragment(content):
        return False
    return bool(_decode_page(content)[0])


def _is_fragment(content: Content) -> bool:
    return root_name(content) in _FRAGMENTS and not _XML.search(content.head[:2000])


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the article of the page; a page without main text is rejected.

    Raises Refused (undecodable) if the headline, byline or text has invalid bytes; elsewhere they do not matter.
    """
    text, damage = _decode_page(content)
    item = read_page(text)
    if damage and isinstance(item, Record) and _REPLACEMENT in f"{item.headline}{item.byline}{item.body}":
        raise damage
    yield item


def _decode_page(content: Content) -> tuple[str, Refused | None]:
    """Return the text of a page, with U+FFFD for invalid bytes, and the error that they cause, if any."""
    try:
        return content.text, None
    except Refused as damage:
        if damage.reason_code != "undecodable":
            raise
        return content.data.decode("utf-8", "replace"), damage


def read_page(text: str) -> Record | Reject:
    """Read the article of one page. Raises Refused if it is not an article (no_body, redirect, no_article)."""
    root = parse_html(text)
    if root is None:
        raise Refused("no_body", "is an HTML page with nothing in it")
    refuse_deep(root)
    if text.count("<") > _MANY_TAGS:
        _drop_empty(root)
    page = Page(root)
    values = read_fields(page)
    _refuse_front_page(page)
    authors, standfirst = find_authors(page), find_standfirst(page)
    body = _main_text(root, page.linked)
    _refuse_other_pages(body, _find_redirect(root))
    name, rest = _split_leading_name(body)
    values["byline"] = choose_byline([*authors, [Author(name)] if name else []], page.sites)
    body = drop_prompts(rest if name and values["byline"] == name else body, values["byline"])
    body = _add_standfirst(_cut_above_headline(body, values["headline"]), standfirst, values["headline"])
    return build_record(body, values, extra={name: page.linked.get(name) for name in _EXTRA})


def _drop_empty(root: _Element) -> None:
    """Remove the elements that have no content: the next steps take long for each."""
    found = [
        element
        for element in root.iter(*_OFTEN_EMPTY)
        if not len(element) and not (element.text or "").strip() and not (element.tail or "").strip()
    ]
    for element in found:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _refuse_front_page(page: Page) -> None:
    """Raise Refused (no_article) for the front page of a site, recognised by its address and heading."""
    host, path = split_address(page.url or "")
    is_article = (
        page.linked or "article" in page.metas.get("og:type", []) or _ARTICLE_METAS & page.metas.keys()
    )
    if not host or is_article or not _FRONT.fullmatch(path):
        return
    heading = page.heading
    if (
        heading is None
        or heading.find(".//a") is not None
        or len(element_text(heading).split()) < _TITLE_WORDS
    ):
        raise Refused("no_article", f"is the front page of {page.url}, not an article")


def _find_redirect(root: _Element) -> str | None:
    """Return the address to which the page redirects within seconds."""
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() == "refresh":
            match = _REDIRECT.match(meta.get("content") or "")
            if match and int(match["seconds"]) <= 10:
                return match["url"]
    return None


def _refuse_other_pages(body: str, redirect: str | None) -> None:
    """Raise Refused for redirects, and for error pages of a server."""
    if redirect and len(body) < _SHORT_PAGE:
        raise Refused("redirect", f"is a redirect to {redirect[:200]}, without an article")
    if len(body) < _SHORT_PAGE and (match := _BARRED.search(body)):
        raise Refused("no_article", f'is an error page, not an article: "{" ".join(match[0].split())}"')


def _split_leading_name(body: str) -> tuple[str | None, str]:
    """Return the author, if the first paragraph is only a name, and the text without this paragraph."""
    first, _, rest = body.partition("\n\n")
    line = re.sub(r"\Aby\s+", "", first.strip(), flags=re.IGNORECASE)
    return (line, rest) if rest and is_person_name(line) else (None, body)


def _cut_above_headline(body: str, headline: str | None) -> str:
    """Return the text without the short lines above its headline: a kicker, a path ("Home / Business"), a date."""
    place = 0
    for line in body[:_TOP].split("\n\n")[:_MOST_LINES_ABOVE]:
        if headline and letters_of(line) == letters_of(headline):
            return body[place:]
        place += len(line) + 2
    return body


def _add_standfirst(body: str, standfirst: str | None, headline: str | None) -> str:
    """Add the standfirst before the text, below the headline, unless the text already has it."""
    first, _, rest = body.partition("\n\n")
    has_headline = bool(rest and headline) and letters_of(first) == letters_of(headline or "")
    text = rest if has_headline else body
    if not standfirst or not text or is_prompt(standfirst) or mentions_offers(standfirst):
        return body
    if letters_of(standfirst) in letters_of(text[: 5 * len(standfirst) + _SHORT_PAGE]):
        return body
    if read_dateline(text, 0) and len(standfirst) > _LONGEST_ABOVE_DATELINE:
        return body
    return "\n\n".join([first, standfirst, rest] if has_headline else [standfirst, body])


def _main_text(root: _Element, linked: Mapping[str, Any]) -> str:
    """Return the text that trafilatura finds; without one, the text in JSON-LD; else the text in `article` or `main`.

    Changes `root`: removes debris and turns lines into paragraphs.
    """
    drop_debris(root)
    split_lines(root)
    text = _extract_text(root)
    if len(text) >= _SHORTEST:
        return text
    candidates = [clean_text(as_text(linked.get("articleBody"), "\n\n") or "")]
    for name in ("article", "main", "body"):
        candidates += [block_text(element) for element in root.iter(name)][:1]
    return next((candidate for candidate in candidates if len(candidate) >= _SHORTEST), text)


def _extract_text(root: _Element) -> str:
    """Return the text that trafilatura finds. Its time is quadratic, so very long pages get a simpler search."""
    from trafilatura import bare_extraction

    lines = sum(1 for _ in islice(_iterate_lines(root), _MOST_LINES + 1))
    if lines > _MOST_LINES:
        return ""
    found: Any = bare_extraction(
        root, fast=lines > _MANY_LINES, include_comments=False, include_tables=True, with_metadata=False
    )
    return block_text(found.body) if found is not None and found.body is not None else ""


def _iterate_lines(root: _Element) -> Iterator[_Element]:
    return (element for element in root.iter() if element.text or element.tail)


FORMAT = Format(
    "html",
    "web pages: main text, title, byline, date, outlet, address; reads JSON-LD, OpenGraph and meta elements too",
    "pages/*.html",
    recognises,
    read,
)
