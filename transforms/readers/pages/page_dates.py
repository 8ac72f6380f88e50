"""Convert the times in web pages and scripts to text that the date parser understands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from transforms.readers.fields.dates import read_date

_EPOCH = re.compile(
    r"\s*(?:/Date\(|new Date\()?(?P<number>[0-9]{10}|[0-9]{13})(?:[+-][0-9]{4})?(?:\.0+)?(?:\)/|\))?\s*"
)
_JAVASCRIPT = re.compile(  # Date.toString(): "Thu Jan 23 2025 08:00:00 GMT+0300 (East Africa Time)"
    r"\s*(?:[A-Z][a-z]{2},?\s+)?(?P<month>[A-Z][a-z]{2})\s+(?P<day>[0-9]{1,2})\s+(?P<year>[0-9]{4})\s+"
    r"(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)\s+(?:GMT|UTC)(?P<zone>[+-][0-9]{4})?(?:\s*\([^()]{1,60}\))?\s*"
)
_UNIX = re.compile(  # date(1), Ruby, Twitter: "Thu Jan 23 08:00:00 +0300 2025", "Thu Jan 23 08:00:00 UTC 2025"
    r"\s*[A-Z][a-z]{2}\s+(?P<month>[A-Z][a-z]{2})\s+(?P<day>[0-9]{1,2})\s+(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})\s+"
    r"(?:(?P<zone>[+-][0-9]{4})|[A-Z]{3,4})\s+(?P<year>[0-9]{4})\s*"
)
_CALL = re.compile(  # new Date(2024, 4, 2, 10, 30): months count from 0
    r"new Date\(\s*(?P<year>[0-9]{4})\s*,\s*(?P<month>[0-9]{1,2})\s*,\s*(?P<day>[0-9]{1,2})\s*(?:,[0-9,\s]{0,30})?\)"
)
_QUOTED = re.compile(r"new Date\(\s*[\"'](?P<text>[^\"']{6,60})[\"']\s*\)")
_EASTERN = re.compile(r"(?P<year>[0-9]{4})\s*年\s*(?P<month>[0-9]{1,2})\s*月\s*(?P<day>[0-9]{1,2})\s*日")
_LABEL = re.compile(
    r"\b(?:first\s+)?(?:published|posted|submitted|created|date|issued)(?:\s*(?:on|at))?(?:\s*:)?\s+(?P<date>\S.{5,60})",
    re.IGNORECASE,
)
_LATER = re.compile(r"\b(?:last\s+)?(?:updated|modified|edited)\b", re.IGNORECASE)
_CLOCK_FIRST = re.compile(
    r"\A\s*[0-9]{1,2}[:.][0-9]{2}\s*(?:[ap]\.?m\.?)?\s*(?:[A-Z]{2,5})?\s*,?\s+(?=\S)", re.IGNORECASE
)
_DEFAULTS = (date(1970, 1, 1), date(1969, 12, 31), date(1900, 1, 1))  # defaults of systems for a missing date
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def write_moment(value: str) -> str:
    """Convert a timestamp as scripts write it, such as milliseconds since 1970, to ISO 8601.

    Any other text is returned without outer spaces.

    >>> write_moment("1529283660000")
    '2018-06-18T01:01:00Z'
    """
    if match := _EPOCH.fullmatch(value):
        number = int(match["number"]) / (1000 if len(match["number"]) == 13 else 1)
        return datetime.fromtimestamp(number, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for form in (_JAVASCRIPT, _UNIX):
        if (match := form.fullmatch(value)) and match["month"].lower() in _MONTHS:
            month = _MONTHS.index(match["month"].lower()) + 1
            return f"{match['year']}-{month:02}-{int(match['day']):02}T{match['time']}{match['zone'] or 'Z'}"
    if match := _CALL.search(value):
        return f"{match['year']}-{int(match['month']) + 1:02}-{int(match['day']):02}"
    if match := _QUOTED.search(value):
        return write_moment(match["text"])
    if match := _EASTERN.search(value[:200]):
        return f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"
    return value.strip()


def read_published(text: str) -> str | None:
    """Return the date in a line of a page, or None: "Published 3 June 2019, 10:30 | Updated 4 June 2019"."""
    text = _LATER.split(" ".join(text.split())[:200], maxsplit=1)[0].strip(" |,·•–-(")
    if match := _LABEL.search(text):
        text = match["date"]
    text = _CLOCK_FIRST.sub("", text, count=1)
    for part in (text, *re.split(r"\s*[|·•]\s*|\s+[–-]\s+", text)):
        if is_day(moment := write_moment(part)):
            return moment
    return None


def is_day(value: str) -> bool:
    """Whether a value has a day other than a default such as 1970-01-01 or 0001-01-01."""
    found = read_date(value)
    return found is not None and found.day.year > 1000 and found.day not in _DEFAULTS


def choose_published(candidates: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the first (place, value) with a valid day; if no day is valid, the first candidate, or None."""
    first: tuple[str, str] | None = None
    for place, value in candidates:
        moment = write_moment(value)
        if is_day(moment):
            return place, moment
        first = first or (place, value)
    return first
