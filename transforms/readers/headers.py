"""One line above a text -> the fields written in it: `Key: value`, bylines, dates on a line of their own.

Only keys of the list below count: `TRUMP: We will win` is a speaker's turn, not a header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from transforms.readers.datelines import find_parts
from transforms.readers.dates import read_date, read_month

_KEYS = {
    "headline": ("title", "headline", "head"),
    "published_on": ("date", "published", "published on", "published at", "publication date", "pubdate",
                     "posted", "posted on", "dated"),
    "byline": ("author", "authors", "by", "byline", "writer"),
    "outlet": ("source", "outlet", "publisher", "publication", "newspaper", "site"),
    "agency": ("agency", "news agency", "wire"),
    "url": ("url", "link", "permalink", "web address"),
    "dateline": ("dateline",),
    "dateline_place": ("place", "location"),
    "language": ("language", "lang"),
    # read so that they are not taken for text; the warehouse has no column for them
    "": ("updated", "last updated", "updated on", "modified", "section", "category", "categories", "tags",
         "keywords", "topic", "topics", "slug", "id", "copyright", "edition", "word count", "words", "length",
         "page", "genre"),
}  # fmt: skip
_FIELD_OF_KEY = {key: field for field, keys in _KEYS.items() for key in keys}

_LANGUAGES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es",
    "español": "es", "italian": "it", "portuguese": "pt", "dutch": "nl", "polish": "pl", "russian": "ru",
    "ukrainian": "uk", "turkish": "tr", "arabic": "ar", "hebrew": "he", "persian": "fa", "chinese": "zh",
    "japanese": "ja", "korean": "ko", "swedish": "sv", "danish": "da", "norwegian": "no", "finnish": "fi",
    "greek": "el", "czech": "cs", "hungarian": "hu", "romanian": "ro", "indonesian": "id", "vietnamese": "vi",
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "nld": "nl",
}  # fmt: skip

_MOST_WORDS = {
    "headline": 60,
    "byline": 25,
    "outlet": 8,
    "agency": 6,
    "dateline": 12,
    "dateline_place": 8,
    "language": 3,
    "": 15,
}
_SENTENCE = re.compile(r"[a-z]{3,}[.!?][\"'”’]?$")

_KEY_LINE = re.compile(r"\s*(?P<key>[A-Za-z][A-Za-z _-]{1,20}?)\s*:(?:\s+(?P<value>.*?))?\s*")
_MACHINE_DATE = re.compile(r"\s*date[^\S\r\n]+(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?=\s|$)\s*")
_DATE_LABEL = re.compile(
    r"\s*(?P<label>published|posted|updated|last updated|modified|date)(?: on| at)?:?\s+", re.I
)
_NOT_PUBLICATION = ("updated", "last updated", "modified")
_LINK_MONTH = re.compile(r"/(?P<year>(?:19|20)[0-9]{2})/(?P<month>0?[1-9]|1[0-2])(?=/|$)")
_BAR = re.compile(r"\s*[|•·]\s*")

_BYLINE = re.compile(
    r"\s*(?:(?:story|words|text|written|reported)\s+)?by:?\s+(?P<names>\S.*?)\s*", re.IGNORECASE
)
_NAME_WORD = re.compile(r"[^\W\d_a-z][\w'’.&-]*", re.UNICODE)
_SMALL_WORDS = frozenset(
    "and with in for of at the de del della der den di da do dos du van von la le el al bin ibn".split()
)
_NO_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july "
    "august september october november december then now contrast law comparison definition far all".split()
)
_TEAMS = frozenset("staff desk team newsroom correspondents reporters editors".split())
_AFFILIATION = re.compile(
    r"(?:[A-Z][\w.&'’-]*\s+(?:of\s+|and\s+|the\s+)*){0,5}"
    r"(?:Writers?|Correspondents?|Reporters?|Staff|Editors?|Bureau|Service|Press|News|Reuters)\s*"
)

Value = str | date | None


@dataclass(frozen=True)
class Field:
    """One value read from a header: `text[start:end]` is the value as written.

    `value` is that text for string fields, a date for `published_on` (null when it cannot be read for sure),
    a two-letter code for `language` (null when unknown). `written` is all that is written of a date, with weekday
    and time.
    """

    name: str
    value: Value
    start: int
    end: int
    written: str | None = None


def read_header_line(text: str, start: int, end: int) -> list[Field] | None:
    """Fields of the line `text[start:end]`, or None when the line is no header at all.

    The list is empty for a known key that has no column, or no value.
    """
    if end - start > 500:
        return None
    line = text[start:end]
    for read in (_read_key, _read_labelled_date, _read_bylines):
        fields = read(line, start)
        if fields is not None:
            return fields
    return None


def read_machine_date(text: str, start: int) -> tuple[Field, int] | None:
    """The field and the place behind it, when the text at `start` opens with `date 2019-06-03 `."""
    match = _MACHINE_DATE.match(text, start)
    found = read_date(match["date"]) if match else None
    if not match or not found:
        return None
    return Field("published_on", found.day, *match.span("date"), match["date"]), match.end()


def read_front_matter(text: str, lines: Iterable[tuple[int, int]]) -> list[Field]:
    """Known fields of the lines between two `---`; other keys and lists are skipped."""
    fields = (_read_key(text[start:end], start) or [] for start, end in lines)
    return [field for found in fields for field in found]


def is_affiliation(line: str) -> bool:
    """Whether a line below a byline says what its author is: "Associated Press Writer"."""
    return bool(_AFFILIATION.fullmatch(line.strip()))


def find_year(fields: Iterable[Field], text: str, month: int) -> int | None:
    """The year that headers give without a day, for a day in `month` (1 to 12) whose year is not written.

    `Date: 2019`, `Date: June 2019`, or a link with `/2019/06/` in it; a month that is named must be the same,
    for a story of 31 December may be published in January.
    """
    for field in fields:
        written = text[field.start : field.end]
        if field.name == "published_on":
            year, named_month = read_month(written)
        elif field.name == "url" and (match := _LINK_MONTH.search(written)):
            year, named_month = int(match["year"]), int(match["month"])
        else:
            continue
        if year and named_month in (None, month):
            return year
    return None


def _read_key(line: str, offset: int) -> list[Field] | None:
    match = _KEY_LINE.fullmatch(line)
    name = _FIELD_OF_KEY.get(re.sub(r"[ _-]+", " ", match["key"]).lower()) if match else None
    if match is None or name is None:
        return None
    value = match["value"] or ""
    if value and not _suits(name, value):
        return None
    if not name or not value:
        return []
    start, end = _unquote(line, *match.span("value"))
    if name == "dateline":
        return _read_dateline_key(line[start:end], offset + start)
    return [_make_field(name, line[start:end], offset + start)] if start < end else []


def _read_dateline_key(written: str, offset: int) -> list[Field]:
    """Place, date and agency of `Dateline: LONDON, March 9 (River News)`; those that it has."""
    parts = find_parts(written)
    return [
        Field(name, written[start:end], offset + start, offset + end) for name, (start, end) in parts.items()
    ]


def _suits(name: str, value: str) -> bool:
    """Whether it can be a value; "Source: Minister used private email." and "Date: a history" are text."""
    if name == "published_on":
        return any(map(str.isdigit, value))
    if name == "url":
        return not re.search(r"\s", value) and bool(re.search(r"[./]", value))
    words = value.split()
    return len(words) <= _MOST_WORDS[name] and (name in ("headline", "byline") or not _SENTENCE.search(value))


def _unquote(line: str, start: int, end: int) -> tuple[int, int]:
    """Without the quotation marks of YAML: `title: "Talks resume"`."""
    if end - start > 1 and line[start] == line[end - 1] and line[start] in "\"'":
        return start + 1, end - 1
    return start, end


def _make_field(name: str, written: str, start: int) -> Field:
    if name == "published_on":
        found = read_date(written)
        if found:
            return Field(name, found.day, start + found.start, start + found.end, written)
        return Field(name, None, start, start + len(written), written)
    if name == "language":
        return Field(name, read_language(written), start, start + len(written))
    if name == "byline" and (match := _BYLINE.fullmatch(written)):
        return Field(name, match["names"], start + match.start("names"), start + match.end("names"))
    return Field(name, written, start, start + len(written))


def read_language(written: str) -> str | None:
    code = re.split(r"[-_]", written.strip().lower())[0]
    if re.fullmatch(r"[a-z]{2}", code):
        return code
    return _LANGUAGES.get(code)


def _read_labelled_date(line: str, offset: int) -> list[Field] | None:
    """`June 3, 2019`, `Published: 2019-06-03 14:05 UTC`, `Updated 4 June 2019` (which is no publication)."""
    label = _DATE_LABEL.match(line)
    start = label.end() if label else 0
    found = read_date(line[start:])
    if not found:
        return None
    if label and label["label"].lower() in _NOT_PUBLICATION:
        return []
    written, start = line[start:].strip(), start + offset
    return [Field("published_on", found.day, start + found.start, start + found.end, written)]


def _read_bylines(line: str, offset: int) -> list[Field] | None:
    """`By Jane Doe and John Roe, Staff Writer`, also with a date beside it: `By Jane Doe | June 3, 2019`."""
    fields: list[Field] = []
    start = 0
    for bar in [*_BAR.finditer(line), None]:
        end = bar.start() if bar else len(line)
        found = _read_byline(line[start:end], offset + start)
        if found is None and fields:
            found = _read_labelled_date(line[start:end], offset + start)
        if found is None:
            return None
        fields += found
        start = bar.end() if bar else end
    return fields


def _read_byline(part: str, offset: int) -> list[Field] | None:
    match = _BYLINE.fullmatch(part)
    if not match or len(match["names"]) > 150 or not _are_names(match["names"]):
        return None
    return [Field("byline", match["names"], offset + match.start("names"), offset + match.end("names"))]


def _are_names(names: str) -> bool:
    """Whether the words after "By" are names: not "By Land and Sea", "By Monday", "By winning, he..."."""
    if names[-1] in "!?:;…" or (names[-1] == "." and not re.search(r"\b(?:[A-Z]|Jr|Sr)\.$", names)):
        return False
    words = re.findall(r"[^\s,/]+", names)
    if words[0].lower() == "the" and words[-1].lower() in _TEAMS:
        return True  # "By the Signal Desk staff"
    if words[0].lower() in _SMALL_WORDS or words[0].lower() in _NO_NAMES:
        return False
    if not all(word.lower() in _SMALL_WORDS or word == "&" or _NAME_WORD.fullmatch(word) for word in words):
        return False
    people = re.split(r"\s+(?:and|&|with)\s+|\s*[,/]\s*", names)
    return len(people) == 1 or any(len(person.split()) > 1 for person in people)
