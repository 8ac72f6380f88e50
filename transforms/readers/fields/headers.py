"""Read the fields of one `Key: value` line above a text; `credits.py` reads lines of authors and dates.

Only the keys below count: `TRUMP: We will win` is a speaker's turn, not a header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from transforms.readers.fields.bylines import are_names, find_byline, is_contact, strip_contacts
from transforms.readers.fields.credits import read_credits
from transforms.readers.fields.datelines import find_parts, is_agency
from transforms.readers.fields.dates import read_date, read_month
from transforms.readers.fields.field import Field
from transforms.record import WRITTEN_AS

# Keys without a column: recognised so that their lines do not count as text.
_IGNORED = (
    "updated|last updated|updated on|modified|section|category|categories|tags|keywords|topic|topics|slug|id|"
    "copyright|edition|word count|words|length|page|genre"
).split("|")
_CREDIT_KEYS = frozenset(("words", "text", "story", "report", "copy"))  # "Words: Jane Doe"; but "Words: 512"
_FIELD_OF_KEY = dict.fromkeys(_IGNORED, "") | {
    key: name for name, written in WRITTEN_AS.items() for key in written.keys
}

_LANGUAGES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es",
    "español": "es", "italian": "it", "portuguese": "pt", "dutch": "nl", "polish": "pl", "russian": "ru",
    "ukrainian": "uk", "turkish": "tr", "arabic": "ar", "hebrew": "he", "persian": "fa", "chinese": "zh",
    "japanese": "ja", "korean": "ko", "swedish": "sv", "danish": "da", "norwegian": "no", "finnish": "fi",
    "greek": "el", "czech": "cs", "hungarian": "hu", "romanian": "ro", "indonesian": "id", "vietnamese": "vi",
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "nld": "nl",
}  # fmt: skip

_MOST_WORDS = {name: written.most_words for name, written in WRITTEN_AS.items() if written.most_words} | {
    "": 15
}
_SENTENCE = re.compile(r"[a-z]{3}[.!?][\"'”’]?$")

_KEY_LINE = re.compile(r"\s*(?P<key>[A-Za-z][A-Za-z _-]{1,20}?)\s*:(?:\s+(?P<value>\S.*)?)?")
_MACHINE_DATE = re.compile(r"\s*date[^\S\r\n]+(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?=\s|$)\s*")
_LINK_MONTH = re.compile(r"/(?P<year>(?:19|20)[0-9]{2})/(?P<month>0?[1-9]|1[0-2])(?=/|$)")
_AFFILIATION = re.compile(
    r"(?:[A-Z][\w.&'’-]*\s+(?:of\s+|and\s+|the\s+)*){0,5}"
    r"(?:Writers?|Correspondents?|Reporters?|Staff|Editors?|Bureau|Service|Press|News|Reuters)\s*"
)


def read_header_line(text: str, start: int, end: int) -> list[Field] | None:
    """Return the fields of the line `text[start:end]`, or None if it is not a header.

    The list is empty if the key is known but has no column, or no value in this line.
    """
    if end - start > 500:
        return None
    line = text[start:end]
    for read in (_read_key, read_credits):
        fields = read(line, start)
        if fields is not None:
            return fields
    return None


def read_machine_date(text: str, start: int) -> tuple[Field, int] | None:
    """Read a day written as `date 2019-06-03 ` at `start`; return the field and its end, or None."""
    match = _MACHINE_DATE.match(text, start)
    found = read_date(match["date"]) if match else None
    if not match or not found:
        return None
    return Field("published_on", found.day, *match.span("date"), match["date"]), match.end()


def read_front_matter(text: str, lines: Iterable[tuple[int, int]]) -> list[Field]:
    """Return the known fields in the lines between two `---`; skip other keys and lists."""
    fields = (_read_key(text[start:end], start) or [] for start, end in lines)
    return [field for found in fields for field in found]


def is_affiliation(line: str) -> bool:
    """Whether a line below a byline is the author's job ("Associated Press Writer") or contact address."""
    return bool(_AFFILIATION.fullmatch(line.strip())) or is_contact(line) or is_agency(line.strip())


def find_year(fields: Iterable[Field], text: str, month: int) -> int | None:
    """Return the year in a header that has a year but no day, for a day that is written without a year.

    Such headers are `Date: 2019`, `Date: June 2019`, or a link with `/2019/06/`. `month` (1 to 12) is the month of the
    day. If the header has another month, its year does not count, because a story of 31 December may be published in
    January.
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
    match = _KEY_LINE.fullmatch(line.rstrip())
    key = re.sub(r"[ _-]+", " ", match["key"]).lower() if match else ""
    value = (match["value"] if match else None) or ""
    if key in _CREDIT_KEYS and are_names(strip_contacts(value)):
        key = "author"
    name = _FIELD_OF_KEY.get(key)
    if match is None or name is None:
        return None
    if name in ("published_on", "byline") and (fields := read_credits(line, offset)):
        return fields
    if value and not _suits(name, value):
        return None
    if not name or not value:
        return []
    start, end = _unquote(line, *match.span("value"))
    if name == "dateline":
        return _read_dateline_key(line[start:end], offset + start)
    return [_make_field(name, line[start:end], offset + start)] if start < end else []


def _read_dateline_key(written: str, offset: int) -> list[Field]:
    """Return the place, date and agency in the value of `Dateline: LONDON, March 9 (River News)`."""
    parts = find_parts(written)
    return [
        Field(name, written[start:end], offset + start, offset + end) for name, (start, end) in parts.items()
    ]


def _suits(name: str, value: str) -> bool:
    """Whether a value is plausible for the field; false for "Source: Minister used private email.", a sentence."""
    if name == "published_on":
        return any(map(str.isdigit, value))
    if name == "url":
        return not re.search(r"\s", value) and bool(re.search(r"[./]", value))
    words = value.split()
    return len(words) <= _MOST_WORDS[name] and (name in ("headline", "byline") or not _SENTENCE.search(value))


def _unquote(line: str, start: int, end: int) -> tuple[int, int]:
    """Strip the quotation marks of YAML: `title: "Talks resume"`."""
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
    if name == "byline":
        first, end = find_byline(written) or (0, len(strip_contacts(written)) or len(written))
        return Field(name, written[first:end], start + first, start + end)
    return Field(name, written, start, start + len(written))


def read_language(written: str) -> str | None:
    code = re.split(r"[-_]", written.strip().lower())[0]
    if re.fullmatch(r"[a-z]{2}", code):
        return code
    return _LANGUAGES.get(code)
