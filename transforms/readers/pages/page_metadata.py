"""Read the fields of a record from JSON-LD, meta elements and visible parts of a web page.

`choose_headline` chooses the headline and `choose_published` the date. `choose_byline` chooses the authors when the
text is known, because the text may begin with a name.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from transforms.readers.fields.values import as_text
from transforms.readers.markup import element_text, local_name
from transforms.readers.pages.page_bylines import Author, read_authors, read_names
from transforms.readers.pages.page_dates import choose_published, read_published
from transforms.readers.pages.page_regions import find_heading, find_outside, find_wrappers
from transforms.readers.pages.page_titles import Titles, choose_headline, compact_name

if TYPE_CHECKING:
    from lxml.etree import _Element

_ARTICLE_TYPES = re.compile(
    r"(?:News|Reportage|Analysis|Opinion|Background|Review|Social|Blog)?(?:Article|Posting)$|Report$"
)
_MOST = 200  # elements, values and objects of one kind to look at
_OPENED = re.compile(r"(?://)?\s*(?:<!\[CDATA\[|<!--)")
_CLOSERS = ("]]>", "-->", "//", ";")
_NAMESPACE = re.compile(r"^https?://ogp\.me/ns(?:/\w+)?#(?P<name>\w+)")

# The meta elements for each field, the most reliable first, by their `property`, `name` or `itemprop`.
_META = {
    "headline": ("og:title", "headline", "dc.title", "dcterms.title", "parsely-title", "sailthru.title",
                 "twitter:title", "title"),
    "published": (
        "article:published_time", "datepublished", "og:published_time", "og:article:published_time", "published_time",
        "parsely-pub-date", "sailthru.date", "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date",
        "dc.date.created", "date.created", "dcterms.date", "pubdate", "pdate", "publish-date", "publish_date",
        "publishdate", "published-date", "publication_date", "publication-date", "publicationdate", "date_published",
        "article_date_original", "originalpublicationdate", "cxenseparse:recs:publishtime", "epoch-publish-date",
        "article:create_at", "date.release", "article.published", "displaydate", "display_date", "date", "published",
        "created", "datecreated", "citation_publication_date", "citation_date",
    ),
    "updated": ("article:modified_time", "datemodified", "og:updated_time", "dcterms.modified", "last-modified",
                "article_date_updated"),
    "byline": ("author", "byl", "article:author", "article:author_name", "article_author", "og:author",
               "parsely-author", "dc.creator", "dcterms.creator", "sailthru.author", "cxenseparse:author",
               "citation_author"),
    "outlet": ("og:site_name", "publisher", "dc.publisher", "application-name", "article:publisher_name"),
    "url": ("og:url", "parsely-link"),
    "language": ("og:locale", "dc.language", "language"),
}  # fmt: skip
_SITES = (
    *_META["outlet"],
    "apple-mobile-web-app-title",
    "cre",
    "copyright",
    "twitter:site",
    "article_publication_name",
)

_TITLE_CLASSES = frozenset(
    "entry-title headline article-title article__title post-title story-title hed".split()
)
_STANDFIRST = re.compile(
    r"(?:^|[-_\s])(?:standfirst|stand-first|strapline|sub-?titles?|sub-?head(?:line|ing)?|sub-?deck|dek|deck|excerpt|summary"
    r"|teaser-text|intro(?:duction)?|lede|lead-?(?:text|paragraph)|sapo)(?=$|[-_\s])"
)
_SUMMARY = frozenset(("description", "alternativeHeadline", "alternateName"))
_STANDFIRST_WORDS = (5, 60)
_BYLINE_CLASS = re.compile(
    r"(?:^|[-_\s])(?:by-?lines?|authors?|author-?names?|writers?|contributors?)(?=$|[-_\s])"
)
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|staff|people|profiles?|by|reporters?|journalists?|contributors?|writers?)/"
)
_DATE_CLASS = re.compile(
    r"(?:^|[-_\s])(?:published?|publication|pub|post|posted|submitted|entry|article|story|create)-?(?:at|on|date|time)?(?=$|[-_\s])"
)
_UPDATED = re.compile(r"modif|update|edited")
_DATE_ATTRIBUTES = (
    "data-published", "data-publish-date", "data-published-at", "data-publishdate", "data-pubdate", "data-timestamp",
    "data-datetime", "data-date", "data-epoch", "data-time",
)  # fmt: skip
_SCRIPT_DATE = re.compile(
    r"[\"']?\b(?:date_?published|published_?(?:date|at|time|on)?|publish_?(?:date|time)|publication_?date|pub_?date"
    r"|first_?published(?:_?at)?|display_?date)[\"']?\s*[:=]\s*(?:(?P<quote>[\"'])(?P<text>[^\"'\\]{6,60})(?P=quote)|(?P<number>[0-9]{10,13})\b"
    r"|(?P<call>new Date\([^()]{4,60}\)))",
    re.IGNORECASE,
)
_NEAR = 60  # elements below the heading to search for a date
_PARAGRAPH = 200  # characters; a longer text is a paragraph of the article
_LONGEST_SCRIPT = 500_000  # characters of a script to search for a date
_ADDRESS = re.compile(
    r"\s*(?:https?:)?//(?P<host>[^/?#:@\s]{1,255})(?::[0-9]{1,5})?(?P<path>[^?#\s]*)", re.IGNORECASE
)
_URL_DAY = re.compile(
    r"/(?P<year>(?:19|20)[0-9]{2})/(?P<month>0[1-9]|1[0-2])/(?P<day>0[1-9]|[12][0-9]|3[01])(?=/|$)"
)


class Page:
    """The places of a page that may hold fields; `root` is the parsed page."""

    def __init__(self, root: _Element) -> None:
        self.root = root
        self.metas = _read_metas(root)
        self.heading = find_heading(root)
        self.outside = find_outside(root, find_wrappers(self.heading))
        self.linked = _find_linked(root, self._address())
        self.url = self._find_url()
        self.sites = list(self._find_sites())

    def meta(self, field: str) -> str | None:
        """Return the value of the most reliable meta element for a field."""
        return next((self.metas[name][0] for name in _META[field] if name in self.metas), None)

    def iterate(self, *names: str) -> Iterator[_Element]:
        """Yield the elements with one of the names, except elements in bars, comments and related stories."""
        return (element for element in self.root.iter(*names) if element not in self.outside)

    def _address(self) -> str | None:
        links = (
            link for link in self.root.iter("link") if "canonical" in (link.get("rel") or "").lower().split()
        )
        return next((link.get("href") for link in links if link.get("href")), None) or self.meta("url")

    def _find_url(self) -> str | None:
        linked = self.linked.get("url") or self.linked.get("mainEntityOfPage")
        url = linked.get("@id") if isinstance(linked, dict) else linked
        return as_text(url) or self.meta("url") or self._address()

    def _find_sites(self) -> Iterator[str]:
        """Yield names of the site: names stated on the page, and parts of its address."""
        yield from filter(None, (as_text(self.linked.get("publisher")), *_names(self.metas, _SITES)))
        if host := split_address(self.url or self._address() or "")[0]:
            yield host
            yield from (part for part in host.split(".") if len(part) > 3)


def _names(metas: Mapping[str, list[str]], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        yield from (value.lstrip("@©® ") for value in metas.get(name, [])[:3])


def split_address(address: str) -> tuple[str, str]:
    """Return the host, without `www.`, and the path of a web address; both empty for other addresses."""
    match = _ADDRESS.match(address)
    return (match["host"].lower().removeprefix("www."), match["path"]) if match else ("", "")


def read_fields(page: Page) -> dict[str, str | None]:
    """Return the fields of the record, except the byline."""
    linked = page.linked
    published = choose_published(_find_dates(page))
    return {
        "headline": choose_headline(_find_titles(page), page.sites),
        "published": published[1] if published else None,
        "published_in": published[0] if published else None,
        "updated": as_text(linked.get("dateModified")) or page.meta("updated"),
        "outlet": as_text(linked.get("publisher")) or page.meta("outlet"),
        "url": page.url,
        "language": as_text(linked.get("inLanguage")) or page.meta("language") or page.root.get("lang"),
        "dateline": as_text(linked.get("dateline")),
        "guid": as_text(linked.get("identifier")),
    }


# Reading the places.


def _read_metas(root: _Element) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        value = (meta.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            if value and (name := (meta.get(attribute) or "").strip()):
                values = metas.setdefault(_plain(name), [])
                if len(values) < _MOST and value not in values[-3:]:
                    values.append(value)
    return metas


def _plain(name: str) -> str:
    """Normalise a name: `http://ogp.me/ns/article#published_time` is `article:published_time`."""
    match = _NAMESPACE.match(name)
    if not match:
        return name.lower()
    return f"{'article' if '/article#' in name else 'og'}:{match['name'].lower()}"


def _find_linked(root: _Element, address: str | None) -> dict[str, Any]:
    """Return the JSON-LD object that describes the article, with the objects it refers to; empty without one."""
    things = [thing for script in _linked_scripts(root) for thing in _things(script)][:_MOST]
    articles = [thing for thing in things if _is_article(thing)]
    chosen = next((thing for thing in articles if address and _address_of(thing) == address), None)
    chosen = chosen or next(iter(articles), {})
    by_id = {str(thing["@id"]): thing for thing in things if "@id" in thing and thing.get("name")}
    return {name: _resolve(value, by_id) for name, value in chosen.items()}


def _linked_scripts(root: _Element) -> Iterator[Any]:
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        text = _unwrap_script(script.text)
        for written in (text, html.unescape(text) if "&quot;" in text else ""):
            try:
                yield json.loads(written, strict=False)
                break
            except (ValueError, RecursionError):
                continue


def _unwrap_script(text: str) -> str:
    """Remove the comment or CDATA section around a script, and a final semicolon."""
    text = text.strip()
    while match := _OPENED.match(text):
        text = text[match.end() :].lstrip()
    while text.endswith(_CLOSERS):
        text = text.removesuffix(next(closer for closer in _CLOSERS if text.endswith(closer))).rstrip()
    return text


def _things(document: Any) -> Iterator[dict[str, Any]]:
    for thing in document[:_MOST] if isinstance(document, list) else [document]:
        if isinstance(thing, dict):
            yield thing
            if isinstance(thing.get("@graph"), list):
                yield from (part for part in thing["@graph"][:_MOST] if isinstance(part, dict))
            if isinstance(thing.get("mainEntity"), dict):
                yield thing["mainEntity"]


def _is_article(thing: Mapping[str, Any]) -> bool:
    types = thing.get("@type")
    return any(_ARTICLE_TYPES.search(str(one)) for one in (types if isinstance(types, list) else [types]))


def _address_of(thing: Mapping[str, Any]) -> str | None:
    value = thing.get("url") or thing.get("mainEntityOfPage")
    return as_text(value.get("@id") if isinstance(value, dict) else value)


def _resolve(value: Any, by_id: Mapping[str, Any]) -> Any:
    """Replace `{"@id": "#jane"}` by the object with that id."""
    if isinstance(value, list):
        return [_resolve(one, by_id) for one in value]
    if isinstance(value, dict) and not value.get("name"):
        return by_id.get(str(value.get("@id")), value)
    return value


# Titles.


def _find_titles(page: Page) -> Titles:
    linked = page.linked.get("headline") or page.linked.get("name")
    metas = [page.metas[name][0] for name in _META["headline"] if name in page.metas]
    return Titles(
        [as_text(linked) or ""] if linked else [], metas, _find_visible_titles(page), _find_window(page)
    )


def _find_visible_titles(page: Page) -> list[str]:
    """Return the only heading whose class marks it as the title, then the article's heading, then all others."""
    headings = list(islice(page.iterate("h1", "h2", "h3"), _MOST))
    marked = [one for one in headings if _TITLE_CLASSES & set((one.get("class") or "").lower().split())]
    found = [
        *(marked if len(marked) == 1 else []),
        *([page.heading] if page.heading is not None else []),
        *(one for one in headings if local_name(one) == "h1"),
        *marked,
    ]
    if not found:
        titles = "//*[contains(@class, 'entry-title') or contains(@class, 'headline')][normalize-space()]"
        found = page.root.xpath(titles)[:1]
    return [element_text(element) for element in found[:_MOST]]


def _find_window(page: Page) -> list[str]:
    titles = (title for title in page.root.iter("title") if local_name(title.getparent()) not in ("svg", "g"))
    return [element_text(title) for title in titles][:1]


def find_standfirst(page: Page) -> str | None:
    """Return the standfirst: a sentence between heading and text that summarises the article; None without one."""
    for element in islice(_following(page.heading), _NEAR):
        words = (element.get("class") or "")[:300].lower()
        if element not in page.outside and (_STANDFIRST.search(words) or _SUMMARY & set(_itemprops(element))):
            text = element_text(element)
            if _STANDFIRST_WORDS[0] <= len(text.split()) <= _STANDFIRST_WORDS[1]:
                return text
    return None


def _itemprops(element: _Element) -> list[str]:
    return (element.get("itemprop") or "").split()


# Authors.


def find_authors(page: Page) -> list[list[Author]]:
    """Return the authors by place: JSON-LD, meta elements, the byline on the page.

    If JSON-LD says that an author is an organization or an administrator's account, no place counts it as a person.
    """
    linked = [read_authors(page.linked.get(name)) for name in ("author", "creator")]
    metas = [[Author(value) for value in page.metas.get(name, [])] for name in _META["byline"]]
    visible = [Author(name) for name in _find_visible_authors(page)]
    no_persons = {compact_name(one.name) for place in linked for one in place if not one.is_person}
    return [
        [Author(one.name, one.is_person and compact_name(one.name) not in no_persons) for one in place]
        for place in [*linked, *metas, visible]
    ]


def _find_visible_authors(page: Page) -> list[str]:
    """Return the persons in the first byline on the page."""
    for element in page.iterate("span", "div", "p", "a", "address", "li", "section", "cite"):
        if _is_byline(element) and (names := _read_byline(element)):
            return names
    return []


def _is_byline(element: _Element) -> bool:
    if "author" in (element.get("rel") or "").split() or "author" in _itemprops(element):
        return True
    return bool(_BYLINE_CLASS.search((element.get("class") or "")[:300].lower()))


def _read_byline(element: _Element) -> list[str]:
    """Return the persons in a byline: the linked authors or, without links, the names in its text."""
    links = [
        " ".join(element_text(link).split())
        for link in islice(element.iter("a"), _MOST)
        if "author" in (link.get("rel") or "") or _AUTHOR_PAGE.search((link.get("href") or "").lower())
    ]
    linked = [name for link in links for name in read_names(link)]
    return list(dict.fromkeys(linked)) or read_names(
        "\n".join(filter(None, map(str.strip, islice(element.itertext(), _MOST))))
    )


# Dates.


def _find_dates(page: Page) -> Iterator[tuple[str, str]]:
    """Yield the publication dates on the page as (place, value), the most reliable place first."""
    if value := as_text(page.linked.get("datePublished")):
        yield "JSON-LD datePublished", value
    for name in _META["published"]:
        yield from ((f"meta {name}", value) for value in page.metas.get(name, [])[:1])
    yield from (("time element", value) for value in _find_marked_dates(page))
    if value := as_text(page.linked.get("dateCreated")):
        yield "JSON-LD dateCreated", value
    yield from (("page", value) for value in _find_visible_dates(page))
    yield from (("page", value) for value in _find_dates_below(page))
    yield from (("script", value) for value in _find_script_dates(page.root))
    if match := _URL_DAY.search(page.url or page._address() or ""):
        yield "address", f"{match['year']}-{match['month']}-{match['day']}"


def _find_marked_dates(page: Page) -> Iterator[str]:
    """Yield `datePublished` in microdata, then time elements that do not mark an update, in the order of the text."""
    for element in page.root.xpath("//*[@itemprop='datePublished']")[:_MOST]:
        yield element.get("content") or element.get("datetime") or element_text(element)
    times = [one for one in page.iterate("time") if not _is_update(one)]
    for time in sorted(times, key=lambda one: one.get("pubdate") is None):
        yield time.get("datetime") or element_text(time)


def _is_update(element: _Element) -> bool:
    """Whether a time element gives the time of an update."""
    parent = element.getparent()
    marks = [
        f"{one.get('class') or ''} {one.get('itemprop') or ''} {one.get('id') or ''}"
        for one in (element, parent)
        if one is not None
    ]
    before = (element.getprevious().tail if element.getprevious() is not None else parent.text) or ""
    return any(_UPDATED.search(mark[:300].lower()) for mark in marks) or bool(
        _UPDATED.search(before[-40:].lower())
    )


def _find_visible_dates(page: Page) -> Iterator[str]:
    """Yield dates in elements with a date-like class: in an attribute, or in the text."""
    for element in page.iterate("span", "div", "p", "abbr", "li", "small", "em", "td"):
        for name in _DATE_ATTRIBUTES:
            if (value := element.get(name)) and not _is_update(element):
                yield value
        words = (element.get("class") or "")[:300].lower()
        if words and ("date" in words or _DATE_CLASS.search(words)) and not _UPDATED.search(words):
            text = "".join(islice(element.itertext(), 20))
            if len(text) < 200 and (
                found := read_published(element.get("title") or text) or read_published(text)
            ):
                yield found


def _find_dates_below(page: Page) -> Iterator[str]:
    """Yield dates alone on a line, between the heading and the first paragraph."""
    for element in islice(_following(page.heading), _NEAR):
        for text in (element.text or "", element.tail or ""):
            if len(text) > _PARAGRAPH:
                return
            if 6 <= len(text.strip()) <= 120 and any(map(str.isdigit, text)) and not _is_update(element):
                yield from filter(None, (read_published(text),))


def _following(element: _Element | None) -> Iterator[_Element]:
    """Yield the elements after an element, in page order."""
    for part in () if element is None else (element, *element.iterancestors()):
        for sibling in part.itersiblings():
            yield from sibling.iter()


def _find_script_dates(root: _Element) -> Iterator[str]:
    """Yield dates in scripts, under a name such as `publishedAt`."""
    for script in root.iter("script"):
        for match in _SCRIPT_DATE.finditer((script.text or "")[:_LONGEST_SCRIPT]):
            yield match["text"] or match["number"] or match["call"]
