"""Choose one byline from the authors in several places of a web page.

Templates of sites fill a byline with the site's name, `admin` or the address of a profile. A person who is named on
the page takes precedence over such values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from transforms.readers.build_record import clean_field
from transforms.readers.fields.headers import is_affiliation
from transforms.readers.pages.page_titles import compact_name

_MOST = 50  # authors of one article
_BY = re.compile(
    r"(?:(?:story|words|text|report|written|reported|posted|published|analysis|opinion|review)\s+)?(?:by|von|par|por|door)\b:?\s*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|//|www\.|^[\w.-]+\.[a-z]{2,}/|^@|\S@\S", re.IGNORECASE)
_TEMPLATE = re.compile(
    r"[\[\]{}<>%$#\\=]|^(?:undefined|null|none|n/?a|unknown|author|authors|false|true|name)$", re.IGNORECASE
)
_STAND_IN = re.compile(
    r"(?:site\s*|web\s*)?(?:admin(?:istrator)?|root|user|editors?|webmaster|guest(?: author)?|anonymous|newsroom)[0-9]*"
    r"|(?:[\w.'’-]+\s+){0,3}(?:staff|desk|team|newsroom|bureau|redaktion|agenc(?:y|ies)"
    r"|(?:reporter|writer|correspondent|contributor)s?)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"/(?:author|authors|profile|user|users|by)/(?:admin|administrator|editor|webmaster|staff|newsroom)\d*/?$"
)
_PARTICLES = frozenset(
    "de del della der den di da do dos du van von la le el al bin ibn ter ten zu y e i af av".split()
)
_NAME_WORD = re.compile(r"[^\W\d_a-z][\w.'’ʼ-]*")
_DIVISION = re.compile(r"(?<!\s)\s*(?:[|•·\n;/]|,\s+(?:and\s+)?|\s(?:and|&|und|et|with)\s)\s*")
_END = re.compile(
    r"\d|\b(?:published|updated|posted|follow|email|share|minutes?|read|last|comments?)\b", re.IGNORECASE
)
_NO_NAMES = frozenset(
    "home news sport sports business opinion world politics subscribe login search menu follow email share contact"
    " about more view all posts read latest exclusive updated published press agence agencies".split()
)


@dataclass(frozen=True)
class Author:
    """One author as a page declares it; `is_person` is false for organizations."""

    name: str
    is_person: bool = True


def read_authors(value: Any) -> list[Author]:
    """Return the authors in the value of `author` in JSON-LD: text, an object, or a list of either."""
    values = value if isinstance(value, list) else [value]
    return [author for one in values[:_MOST] for author in _read_author(one)]


def _read_author(value: Any) -> list[Author]:
    if isinstance(value, str):
        return [Author(value)]
    if not isinstance(value, Mapping):
        return []
    names = value.get("name")
    kinds = str(value.get("@type") or "Person")
    url = str(value.get("url") or value.get("@id") or "").lower()
    is_person = "Organization" not in kinds and not _ACCOUNT.search(url)
    return [
        Author(name, is_person)
        for name in (names if isinstance(names, list) else [names])
        if isinstance(name, str)
    ]


def choose_byline(places: list[list[Author]], sites: Iterable[str]) -> str | None:
    """Return the persons in the first place that names a person; else the first substitute, such as `News Desk`.

    `places` has the authors in each place of a page, the most reliable place first. Addresses, handles and unfilled
    templates (`[[author]]`) are not names.
    """
    names = {compact_name(site) for site in sites} - {""}
    usable = [found for place in places if (found := _usable(place))]
    for place in usable:
        if persons := [one.name for one in place if one.is_person and not _is_stand_in(one.name, names)]:
            return ", ".join(dict.fromkeys(persons))
    return ", ".join(dict.fromkeys(one.name for place in usable[:1] for one in place)) or None


def _usable(authors: list[Author]) -> list[Author]:
    cleaned = [Author(_clean(author.name), author.is_person) for author in authors[:_MOST]]
    return [author for author in cleaned if is_name(author.name)]


def _clean(name: str) -> str:
    text = clean_field(name[:1000])
    return _BY.sub("", text, count=1).strip(" ,;|") if _BY.match(text) else text


def is_name(text: str) -> bool:
    """Whether a text can be an author's name, not an address, handle or template."""
    return bool(re.search(r"[^\W\d_]", text)) and not _ADDRESS.search(text) and not _TEMPLATE.search(text)


def _is_stand_in(name: str, sites: set[str]) -> bool:
    return bool(_STAND_IN.fullmatch(name)) or compact_name(name) in sites


def read_names(text: str) -> list[str]:
    """Return the persons in a line of a page such as "By Jane Doe and John Roe, Staff Writers | 3 June 2019".

    >>> read_names("By Jane Doe and John Roe, Staff Writers | 3 June 2019")
    ['Jane Doe', 'John Roe']
    """
    names: list[str] = []
    text = text.strip()[:300]
    while match := _BY.match(text):
        text = text[match.end() :].lstrip("\n ")
    for part in _DIVISION.split(text):
        if _END.search(part):
            break
        if is_person_name(part):
            names.append(part)
        elif names and not is_affiliation(part) and part:
            break
    return names


def is_person_name(text: str) -> bool:
    """Whether a text looks like a person's name: two to five capitalised words, none from roles or menus."""
    words = text.split()
    if not 2 <= len(words) <= 5 or len(text) > 60 or is_affiliation(text) or _STAND_IN.fullmatch(text):
        return False
    if any(word.casefold() in _NO_NAMES for word in words) or words[0].casefold() in ("the", "a", "an", "in"):
        return False
    return all(word.casefold() in _PARTICLES or _NAME_WORD.fullmatch(word) for word in words) and bool(
        _NAME_WORD.fullmatch(words[-1])
    )
