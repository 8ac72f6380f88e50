"""Convert one value of an object, or a cell of a table, to text: names, paragraphs, missing values."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from transforms.readers.markup import looks_like_html

# How exports write missing values: pandas, SQL, spreadsheets.
_MISSING = frozenset((
    "nan", "null", "none", "n/a", "#n/a", "<na>", "nat", "\\n", "undefined", "#value!", "#ref!", "#name?", "#num!",
    "0000-00-00", "0000-00-00 00:00:00",
))  # fmt: skip
_LONGEST_MISSING = max(map(len, _MISSING))
_MOST_PARTS = 1_000  # items of a list that are read
_DEEPEST = 20  # levels of lists and objects in a value
# The parts of an object that represent it, the best first.
_PARTS = (
    "name", "fullname", "displayname", "main", "basic", "default", "original", "title", "text", "value", "rendered",
    "_text", "#text", "en", "body", "bodyhtml", "content", "contentstr", "date", "numberlong", "oid", "data",
    "organization", "printheadline", "by", "href",
)  # fmt: skip
_TEXTS = ("text", "_text", "#text", "value", "rendered", "body", "bodyhtml", "content", "contentstr", "main",
          "default", "en", "data")  # fmt: skip
# The parts of a structured text that contain its paragraphs: sections of fundus, blocks of editors.
_PARAGRAPHS = ("sections", "paragraphs", "blocks", "elements", "children")
_HEADINGS = ("headline", "heading", "title")

_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\.?", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//\S+|www\.\S+", re.IGNORECASE)
_QUOTED = re.compile(r"'([^'\]]{1,200})'|\"([^\"\]]{1,200})\"")
_MAILED = re.compile(  # "ada@post.example (Ada Vale)", "Ada Vale <ada@post.example>", an address alone
    r"[^\s@<>()]+@[^\s@<>()]+(?:\s*\((?P<name>[^()]*)\))?|(?P<other>[^<>@]+)<[^\s@<>]+@[^\s@<>]+>"
)
_NOT_PLAIN = re.compile(r"[^0-9a-z_#]|_(?!text|source)|(?<!^)_")
_LONGEST_REMEMBERED = 60  # characters of a name whose plain form is kept in memory
_NO_NAME = re.compile(
    r"https?:|@|\b(?:e-?mail|follow|twitter|facebook|view all|posts? by|author|contributor|published|updated)\b",
    re.IGNORECASE,
)


def plain_name(name: object) -> str:
    """Return a name in lower case without punctuation: `Pub Date`, `pub_date` and `pubDate` become `pubdate`."""
    text = str(name)
    return _remembered_plain(text) if len(text) <= _LONGEST_REMEMBERED else _plain(text)


def _plain(name: str) -> str:
    return _NOT_PLAIN.sub("", name.lower())


_remembered_plain = lru_cache(maxsize=5_000)(_plain)  # most objects have the same keys


def is_missing(value: Any) -> bool:
    """Whether a value means "missing": null, NaN, white space, `N/A`."""
    if isinstance(value, str):
        return not value.strip() or (
            len(value) <= _LONGEST_MISSING + 10 and value.strip().lower() in _MISSING
        )
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def as_text(value: Any, join: str = ", ", levels: int = _DEEPEST) -> str | None:
    """Return a value as text: the main part of an object, the joined parts of a list; None if it has no text."""
    if is_missing(value) or isinstance(value, bool) or not levels:
        return None
    if isinstance(value, list | tuple):
        return (
            join.join(filter(None, (as_text(part, join, levels - 1) for part in value[:_MOST_PARTS]))) or None
        )
    if isinstance(value, Mapping):
        named = {plain_name(name): part for name, part in value.items()}
        return next((text for name in _PARTS if (text := as_text(named.get(name), join, levels - 1))), None)
    return value if isinstance(value, str) else str(value)


def body_text(value: Any, levels: int = _DEEPEST) -> str | None:
    """Return the text of an article, which may be a list of paragraphs or an object with sections."""
    if not levels:
        return None
    if isinstance(value, list | tuple):
        return _join_paragraphs([body_text(part, levels - 1) for part in value[:_MOST_PARTS]])
    if not isinstance(value, Mapping):
        return as_text(value)
    named = {plain_name(name): part for name, part in value.items()}
    paragraphs = [named[name] for name in _PARAGRAPHS if isinstance(named.get(name), list)]
    if not paragraphs:
        return next((text for name in _TEXTS if (text := body_text(named.get(name), levels - 1))), None)
    headings = [as_text(named.get(name), " ") for name in _HEADINGS]
    return _join_paragraphs([*headings, body_text(paragraphs, levels - 1)])


def _join_paragraphs(parts: list[str | None]) -> str | None:
    """Join paragraphs with blank lines or, if one of them is HTML, as HTML elements."""
    texts = [part for part in parts if part]
    if len(texts) > 1 and any(map(looks_like_html, texts)):
        return "\n".join(f"<div>{text}</div>" for text in texts)
    return "\n\n".join(texts) or None


def names_text(value: Any, levels: int = _DEEPEST) -> str | None:
    """Return the names of authors; drop what scrapers add to lists: "Email The Author", a repeated name.

    >>> names_text(["Ada Example", "Follow Ada", "Ada Example Harbour Post"])
    'Ada Example'
    """
    if isinstance(value, str) and value.startswith(("['", '["')) and value.endswith("]"):
        value = ["".join(found) for found in _QUOTED.findall(value)]  # a list that pandas wrote into a cell
    if not levels:
        return None
    if not isinstance(value, list | tuple):
        text = as_text(value)
        mailed = _MAILED.fullmatch(text[:500].strip()) if text else None
        return (mailed["name"] or mailed["other"] or "").strip() or None if mailed else text
    texts = [" ".join(text.split()) for part in value[:_MOST_PARTS] if (text := names_text(part, levels - 1))]
    names = list(dict.fromkeys(text for text in texts if not _NO_NAME.search(text))) or texts
    shorter = [name for name in names if not any(_opens_with(name, other) for other in names[:50])]
    return ", ".join(shorter) or None


def _opens_with(name: str, other: str) -> bool:
    """Whether `name` begins with the full name `other` and continues: "Ada Example Harbour Post"."""
    return " " in other and name.lower().startswith(other.lower() + " ")


def is_address(text: str) -> bool:
    """Whether a text is a link."""
    return bool(_ADDRESS.fullmatch(text.strip()))


def is_host(text: str) -> bool:
    """Whether a text is the name of a host: `www.example.org`."""
    return len(text) <= 253 and bool(_HOST.fullmatch(text.strip()))


def has_letters(text: str) -> bool:
    return any(map(str.isalpha, text))
