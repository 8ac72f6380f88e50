"""HTML pages: what JSON-LD, OpenGraph, meta elements and the page itself say, and its main text by trafilatura."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from transforms.readers.article import build_record, clean_text
from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.limits import Refused
from transforms.readers.markup import block_text, parse_html
from transforms.readers.names import as_text
from transforms.readers.records import Record, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element

_ARTICLE_TYPES = re.compile(
    r"(?:News|Reportage|Analysis|Opinion|Background|Review|Social|Blog)?(?:Article|Posting)$|Report$"
)
_HTML = re.compile(
    rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]|<article[\s>]|<title[\s>]", re.IGNORECASE
)
_DEEPEST = 200  # levels of elements; what is deeper makes the main-text search slow
_SHORTEST = 40  # characters of a text that is taken for the main one

# The meta elements that hold a field, the surest first; the name is that of `property`, `name` or `itemprop`.
_META = {
    "headline": ("og:title", "headline", "dc.title", "dcterms.title", "parsely-title", "twitter:title"),
    "published": (
        "article:published_time", "datepublished", "og:published_time", "parsely-pub-date", "sailthru.date",
        "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date", "dc.date.created", "dcterms.date", "pubdate",
        "publish-date", "publish_date", "publication_date", "publicationdate", "date.release",
        "article.published", "date", "published",
    ),
    "updated": ("article:modified_time", "datemodified", "og:updated_time", "dcterms.modified", "last-modified"),
    "byline": ("author", "byl", "parsely-author", "dc.creator", "dcterms.creator", "sailthru.author"),
    "outlet": ("og:site_name", "publisher", "dc.publisher", "application-name", "article:publisher_name"),
    "url": ("og:url", "parsely-link"),
    "language": ("og:locale", "dc.language", "language"),
}  # fmt: skip

_BYLINES = (
    "//*[@itemprop='author']//*[@itemprop='name']", "//*[@itemprop='author']", "//a[@rel='author']",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' byline ')]",
)  # fmt: skip
_TIMES = (
    "//time[@itemprop='datePublished']/@datetime",
    "//time[@pubdate]/@datetime",
    "//article//time/@datetime",
)


def recognises(content: Content) -> bool:
    return bool(_HTML.search(content.head[:2000])) and bool(content.text)


def read(content: Content) -> Iterator[Record | Reject]:
    """The article of the page; a page without main text is rejected."""
    yield read_page(content.text)


def read_page(text: str) -> Record | Reject:
    """The article of one page."""
    root = parse_html(text)
    if root is None:
        raise Refused("no_body", "is an HTML page with nothing in it")
    if _depth(root) > _DEEPEST:
        raise Refused("nested_too_deep", f"is an HTML page with elements in more than {_DEEPEST} others")
    linked = _find_linked(root)
    values = _read_linked(linked)
    for source in (_read_meta(root), _read_elements(root)):
        values |= {name: value for name, value in source.items() if name not in values}
    body = _main_text(root, linked)
    extra = {name: linked.get(name) for name in ("articleSection", "keywords", "description") if linked}
    return build_record(body, values, extra=extra)


def _depth(root: _Element) -> int:
    from lxml import etree

    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _find_linked(root: _Element) -> dict[str, Any]:
    """The JSON-LD object that describes the article, or an empty one."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        try:
            document = json.loads(script.text, strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(document):
            types = thing.get("@type")
            if any(
                _ARTICLE_TYPES.search(str(one)) for one in (types if isinstance(types, list) else [types])
            ):
                return thing
    return {}


def _things(document: Any) -> Iterator[dict[str, Any]]:
    for thing in document if isinstance(document, list) else [document]:
        if isinstance(thing, dict):
            yield thing
            if isinstance(thing.get("@graph"), list):
                yield from (part for part in thing["@graph"] if isinstance(part, dict))
            if isinstance(thing.get("mainEntity"), dict):
                yield thing["mainEntity"]


def _read_linked(thing: Mapping[str, Any]) -> dict[str, str | None]:
    url = thing.get("url") or thing.get("mainEntityOfPage")
    values = {
        "headline": as_text(thing.get("headline") or thing.get("name")),
        "published": as_text(thing.get("datePublished")),
        "updated": as_text(thing.get("dateModified")),
        "byline": as_text(thing.get("author")),
        "outlet": as_text(thing.get("publisher")),
        "url": str(url.get("@id") or "") if isinstance(url, dict) else as_text(url),
        "language": as_text(thing.get("inLanguage")),
        "dateline": as_text(thing.get("dateline")),
        "guid": as_text(thing.get("identifier")),
    }
    return _named({name: value for name, value in values.items() if value}, "JSON-LD datePublished")


def _read_meta(root: _Element) -> dict[str, str | None]:
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        for attribute in ("property", "name", "itemprop"):
            if (name := meta.get(attribute)) and (value := (meta.get("content") or "").strip()):
                metas.setdefault(name.lower(), value)
    values: dict[str, str | None] = {}
    place = ""
    for field, names in _META.items():
        for name in names:
            if name in metas and field not in values:
                values[field] = metas[name]
                place = f"meta {name}" if field == "published" else place
    return _named(values, place)


def _read_elements(root: _Element) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            values.setdefault("url", link.get("href"))
    for path in _BYLINES:
        if found := root.xpath(path):
            values.setdefault("byline", " ".join("".join(found[0].itertext()).split())[:300])
            break
    times = [time for path in _TIMES for time in root.xpath(path)]
    values["published"] = str(times[0]) if times else None
    for name in ("h1", "title"):
        for element in root.iter(name):
            values.setdefault("headline", " ".join("".join(element.itertext()).split()))
    values["language"] = root.get("lang")
    return _named({name: value for name, value in values.items() if value}, "time element")


def _named(values: dict[str, str | None], place: str) -> dict[str, str | None]:
    """With the place where the date was found, if there is one."""
    return values | ({"published_in": place} if values.get("published") else {})


def _main_text(root: _Element, linked: Mapping[str, Any]) -> str:
    """What trafilatura takes for the text; else what JSON-LD has; else what stands in `article` or `main`."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(root, include_comments=False, include_tables=True, with_metadata=False)
    text = block_text(found.body) if found is not None and found.body is not None else ""
    if len(text) >= _SHORTEST:
        return text
    candidates = [clean_text(as_text(linked.get("articleBody"), "\n\n") or "")]
    for name in ("article", "main", "body"):
        candidates += [block_text(element) for element in root.iter(name)][:1]
    return next((candidate for candidate in candidates if len(candidate) >= _SHORTEST), text)


FORMAT = Format(
    "html",
    "web pages: main text; title, byline, date, outlet, address from JSON-LD, OpenGraph, meta elements, the page",
    "pages/*.html",
    recognises,
    read,
)
