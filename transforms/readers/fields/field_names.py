"""Find the text, the fields of a record and the remaining fields in an object or row, by their common names.

The names are those of archives, feeds, scrapers and news APIs. Case and punctuation do not matter: `pub_date`,
`pubDate` and `Pub Date` are the same. `Options.mapping` takes precedence over the common names. The time when a tool
fetched, indexed or changed an article (`date_download`, `indexed_date`, `filedate`, `seendate`) is not its day of
publication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from transforms.readers.fields.values import (
    as_text,
    body_text,
    has_letters,
    is_address,
    is_host,
    is_missing,
    names_text,
    plain_name,
)
from transforms.record import WRITTEN_AS

# Names of each field that can be a column or a JSON key.
NAMES = {field: written.names for field, written in WRITTEN_AS.items() if written.names}

# Names that may mean a full text or a teaser; used if there is no better name. The longest kind of text comes first.
_TEASERS = ("leadparagraph", "abstract", "summary", "description", "lead", "snippet", "excerpt", "standfirst",
            "teaser", "trailtext")  # fmt: skip
_WEAK = (
    "article",
    "story",
    "document",
    "contents",
    "message",
    "blocks",
)  # a text only if the object has another field
_INNER = ("fields", "attributes", "article", "story", "post", "source", "_source", "metadata", "meta", "document",
          "data", "opengraph", "thread", "embedded", "yoastheadjson", "links", "node", "record")  # fmt: skip
_MOST_KEYS = 100_000  # keys of an object that may be an article
_MOST_INNER = 3  # levels of such objects
# Parts of an article that only look like articles: readers' comments, other articles.
_ASIDE = frozenset("replies entities concepts media images tags keywords".split())
_ASIDE_OPENINGS = ("comment", "related", "recommended", "similar", "seealso", "readmore")
_FEW = 100  # items of a list to look at
_JOINS = {"dateline": " "}
_FIELDS = tuple(NAMES)


class Columns:
    """The columns of an object or table that hold each field, chosen by their names.

    If `mapping` names the column of a field, that column is used. It may give the exact name or the plain name.
    """

    def __init__(self, names: list[str], mapping: Mapping[str, str]) -> None:
        plain = {plain_name(name): name for name in reversed(names)}
        self.of: dict[str, list[str]] = {}
        for field in _FIELDS:
            if field in mapping:
                chosen = mapping[field] if mapping[field] in names else plain.get(plain_name(mapping[field]))
                self.of[field] = [chosen] if chosen else []
            else:
                self.of[field] = [plain[name] for name in NAMES[field] if name in plain]

    def __bool__(self) -> bool:
        """Whether one of the columns has the text."""
        return bool(self.of["body"])


def _columns(row: Mapping[str, Any], mapping: Mapping[str, str]) -> Columns:
    """Return the columns of an object; cached, because most objects have the same keys."""
    if len(row) > _FEW:
        return Columns(list(row), mapping)
    return _remembered_columns(tuple(row), tuple(mapping.items()))


@lru_cache(maxsize=500)
def _remembered_columns(names: tuple[str, ...], mapping: tuple[tuple[str, str], ...]) -> Columns:
    return Columns(list(names), dict(mapping))


def read_object(
    row: Mapping[str, Any], mapping: Mapping[str, str]
) -> tuple[str, dict[str, str | None], dict[str, Any]]:
    """Return the text of an object, the fields of the record, and the fields without a column.

    The text may be a list of paragraphs, and an author may be an object. Fields one level deeper, in `fields` or
    `attributes`, are found too. The text is empty when no name matches.
    """
    row = _flatten(row)
    columns = _columns(row, mapping)
    values: dict[str, str | None] = {}
    used: set[str] = set()
    for field in columns.of:
        name, value = _choose(field, columns.of[field], row, used, is_mapped=field in mapping)
        if name is not None:
            values[field] = value
            used.add(name)
            if field == "published":
                values["published_in"] = f"field {name}"
    if "published" not in mapping:
        used |= _add_offset(values, row)
    body = values.pop("body", None) or ""
    if not body and "body" not in mapping:
        name = next(_teasers(row), None)
        body = body_text(row[name]) or "" if name is not None else ""
        used |= {name} if name is not None else set()
    rest = {name: value for name, value in row.items() if name and name not in used}
    return body, values, {name: value for name, value in rest.items() if not is_missing(value)}


def _choose(
    field: str, names: list[str], row: Mapping[str, Any], used: set[str], *, is_mapped: bool
) -> tuple[str | None, str | None]:
    """Return the first column with a plausible value for the field, and the value; a host name is the last choice."""
    host: tuple[str | None, str | None] = (None, None)
    for name in names:
        value = None if name in used else _read_value(field, row[name])
        if not value or not (_suits(field, value) or is_mapped):
            continue
        if field != "outlet" or not is_host(value):
            return name, value
        host = host if host[0] is not None else (name, value)
    return host


def _read_value(field: str, value: Any) -> str | None:
    if field == "body":
        return body_text(value)
    return names_text(value) if field == "byline" else as_text(value, _JOINS.get(field, ", "))


def _suits(field: str, value: str) -> bool:
    """Whether a value is plausible for the field: a url is an address, a date has a digit."""
    if field == "url":
        return is_address(value)
    if field in ("language", "version", "status"):
        return len(value) <= 40
    if field == "published":
        return any(map(str.isdigit, value))
    if field in ("body", "byline", "outlet"):
        return has_letters(value) and not is_address(value)
    return True


def _teasers(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns that hold a teaser, the longest kind of teaser first."""
    plain = {plain_name(name): name for name in reversed(list(row))}
    return (plain[name] for name in _TEASERS if name in plain and body_text(row[plain[name]]))


def _add_offset(values: dict[str, str | None], row: Mapping[str, Any]) -> set[str]:
    """Add the time zone to a date that is given in local time (`date`) and in UTC (`date_gmt`), as by WordPress.

    Returns the names of the columns used.
    """
    plain = {plain_name(name): name for name in row}
    if values.get("published_in") != "field date" or "dategmt" not in plain:
        return set()
    try:
        local, utc = (datetime.fromisoformat(str(row[plain[name]])) for name in ("date", "dategmt"))
        ahead = local - utc
    except (ValueError, TypeError):  # a draft has "0000-00-00 00:00:00"; or one date has a zone
        return set()
    if local.tzinfo is not None or abs(ahead) > timedelta(hours=14):
        return set()
    minutes = round(ahead.total_seconds() / 60)
    values["published"] = local.isoformat() + _offset(minutes)
    return {plain["dategmt"]}


def _offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


# --- What is an article ---------------------------------------------------------------------------------------


def has_text(row: Any, mapping: Mapping[str, str]) -> bool:
    """Whether an object has the text of an article, or a key for it; false for an envelope around articles."""
    if not isinstance(row, dict) or len(row) > _MOST_KEYS:
        return False
    row = _flatten(row)
    columns = _columns(row, mapping)
    if "body" in mapping:
        return bool(columns)
    others = _others(columns)
    names = [name for name in columns.of["body"] if others or plain_name(name) not in _WEAK]
    texts = any(_is_text(row[name], mapping) for name in names)
    return (texts or (others > 1 and next(_teasers(row), None) is not None)) and not _wraps_articles(
        row, mapping
    )


def has_headline(row: Any, mapping: Mapping[str, str]) -> bool:
    """Whether an object describes an article without its text: a headline and at least one more field."""
    if not isinstance(row, dict) or len(row) > _MOST_KEYS:
        return False
    row = _flatten(row)
    columns = _columns(row, mapping)
    return bool(columns.of["headline"]) and _others(columns) > 1 and not _wraps_articles(row, mapping)


def _others(columns: Columns) -> int:
    """Count the fields of an article that have a column, other than the text."""
    return sum(
        bool(columns.of[field]) for field in ("headline", "published", "byline", "outlet", "url", "guid")
    )


def _is_text(value: Any, mapping: Mapping[str, str]) -> bool:
    """Whether a value can be a text (a string, paragraphs, sections, or empty), not a list of articles."""
    inside = value if isinstance(value, list) else [value]
    return not any(_is_full(item, mapping) for item in inside[:_FEW])


def _wraps_articles(row: Mapping[str, Any], mapping: Mapping[str, str]) -> bool:
    """Whether a list in the object contains articles, which makes the object an envelope."""
    return any(
        _is_full(item, mapping)
        for name, value in row.items()
        if isinstance(value, list) and not is_aside(name)
        for item in value[:_FEW]
    )


def is_aside(name: str) -> bool:
    """Whether `name` is a key of values that only look like the article: comments, related articles."""
    plain = plain_name(name)
    return plain in _ASIDE or plain.startswith(_ASIDE_OPENINGS)


def _is_full(item: Any, mapping: Mapping[str, str]) -> bool:
    """Whether an object has a headline, a text, and an outlet, date or author."""
    if not isinstance(item, dict):
        return False
    item = _flatten(item)
    columns = _columns(item, mapping)
    found = [any(not is_missing(item[name]) for name in columns.of[field]) for field in ("headline", "body")]
    has_one = found[1] or next(_teasers(item), None) is not None
    more = sum(bool(columns.of[field]) for field in ("published", "byline", "outlet", "url", "guid"))
    return found[0] and has_one and more > 0


def _flatten(row: Mapping[str, Any], levels: int = _MOST_INNER) -> dict[str, Any]:
    """Move the fields of inner objects that only group fields into `row`; a repeated name becomes `outer.name`."""
    inner: dict[str, Any] = {}
    rest = dict(row)
    for outer, value in row.items():
        if levels and isinstance(value, dict) and plain_name(outer) in _INNER and not _is_named(value):
            del rest[outer]
            for name, part in _flatten(value, levels - 1).items():
                inner.setdefault(f"{outer}.{name}" if name in row or name in inner else name, part)
    return rest | {name: value for name, value in inner.items() if name not in rest}


def _is_named(value: Mapping[str, Any]) -> bool:
    """Whether an object is a name with details: `{"id": "bbc", "name": "Harbour Post"}`."""
    names = {plain_name(key) for key in value}
    return (
        bool(names & {"name", "fullname"} or {"uri", "title"} <= names)
        and len(value) <= 8
        and not names & {"body"}
    )
