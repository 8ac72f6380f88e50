"""Choose the headline from the titles in several places of a web page.

JSON-LD, OpenGraph, the heading on the page and the window title often differ: some are written for search engines or
social networks, and some include the site's name. A title that two places share is the headline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from transforms.readers.build_record import clean_field

_SEPARATOR = re.compile(
    r"(?<!\s)\s+(?:--|::|>>|[|–—―·•:»«›‹*~<>/\\-])\s+|(?<!\s)\s*[|｜_]\s*|:\s+|(?<=[^\x00-\u02ff])-(?=[^\x00-\u02ff])"
)
_CUT = re.compile(r"(?:…|\.\.\.)$")
_FILLERS = re.compile(r"^the|(?:online|news|com|couk|org|net)$")
_LONGEST = 500  # characters; longer titles are ignored


@dataclass
class Titles:
    """The titles of a page by place.

    `linked` are in JSON-LD, `social` in meta elements, `visible` on the page (the article's own first), `window` in
    the title element.
    """

    linked: list[str] = field(default_factory=list)
    social: list[str] = field(default_factory=list)
    visible: list[str] = field(default_factory=list)
    window: list[str] = field(default_factory=list)


def choose_headline(titles: Titles, sites: Iterable[str]) -> str | None:
    """Return the headline without the site's name; None if no place has a headline.

    The places are JSON-LD, the meta elements and the page, in this order. A title that two of them share takes
    precedence; otherwise the first place with a title counts. The window title counts only if they have no title.

    >>> choose_headline(Titles(social=["Lock opens - Post"], visible=["Lock opens"], window=["Lock opens now"]), [])
    'Lock opens'
    """
    names = {compact_name(site) for site in sites} - {""}
    visible = [*_clean(titles.visible, names)]
    linked = [_without_rest(title, visible) for title in _clean(titles.linked, names)]
    social = [_without_rest(title, visible + linked) for title in _clean(titles.social, names)]
    window = [_without_rest(title, visible + linked + social) for title in _clean(titles.window, names)]
    linked, social = (_without_cut(places, linked + social + visible) for places in (linked, social))
    for one, others in ((visible, linked), (visible, social), (linked, social[:1])):
        if agreed := _find_shared(one, others):
            return agreed
    return next(iter(linked + social + visible + window), None)


def compact_name(name: str) -> str:
    """Return the letters and digits of a name, without words that are optional in names of sites.

    >>> compact_name("The Harbour Post Online") == compact_name("harbourpost.com")
    True
    """
    letters = letters_of(re.sub(r"^(?:https?://)?(?:www\.)?", "", name.strip().lower()))
    return _FILLERS.sub("", _FILLERS.sub("", letters)) or letters


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, ignoring case."""
    return "".join(filter(str.isalnum, text.casefold()))


def _clean(titles: list[str], names: set[str]) -> Iterator[str]:
    """Yield the titles in plain text without the site's name; drops titles that are only that name."""
    for title in titles[:20]:
        text = _without_site(clean_field(title[:_LONGEST]), names)
        if text and compact_name(text) not in names and any(map(str.isalpha, text)):
            yield text


def _without_site(title: str, names: set[str]) -> str:
    """Remove the site's name: `Lock opens | News | Harbour Post`, `Harbour Post: Lock opens`."""
    breaks = list(_SEPARATOR.finditer(title))
    for found in breaks:
        if compact_name(title[found.end() :]) in names:
            return _without_site(title[: found.start()], names)
    if breaks and compact_name(title[: breaks[0].start()]) in names:
        return _without_site(title[breaks[0].end() :], names)
    return title.strip()


def _without_rest(title: str, others: list[str]) -> str:
    """Shorten `Lock opens - National` to `Lock opens` if `others` has `Lock opens`."""
    heads = {
        letters_of(title[: found.start()]): title[: found.start()] for found in _SEPARATOR.finditer(title)
    }
    return next((heads[letters_of(other)] for other in others if letters_of(other) in heads), title)


def _without_cut(titles: list[str], others: list[str]) -> list[str]:
    """Remove truncated titles ("Lock opens after two...") if another place has the full title."""
    whole = [letters_of(other) for other in others]
    return [
        title
        for title in titles
        if not (_CUT.search(title) and any(_is_begun(letters_of(title), other) for other in whole))
    ]


def _is_begun(part: str, whole: str) -> bool:
    return len(whole) > len(part) and whole.startswith(part)


def _find_shared(titles: list[str], others: list[str]) -> str | None:
    letters = {letters_of(other) for other in others}
    return next((title for title in titles if letters_of(title) in letters), None)
