"""Parse dates as news files write them, to `datetime.date`.

The parser never uses the clock and never guesses. `03/04/2019` (March or April?) is a date only if the order of day
and month is known. Two-digit years count only in mail format (`3 Jun 19 14:05:00 GMT`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

DAY_FIRST, MONTH_FIRST, OPEN = "day_first", "month_first", "open"

_LONGEST = 200  # characters of a written date with its weekday, time and zone
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[0-9]{4})"
_WEEKDAY = r"(?:(?:Mon|Tue(?:s)?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+)?"
_CLOCK = r"(?:[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?(?:[.,:][0-9]{1,9})?|[0-9]{1,2}(?=\s*[ap]\.?m\b))"
_HALF = r"\s*(?:[ap]\.?m\b\.?)?"
_ZONE = (  # "Z", "+0200 (CEST)", "GMT+2", "Z+00:00", "EST5EDT", "F", "[Europe/Paris]"
    r"(?:\s*[(\[]?(?:(?-i:[A-Z]{1,5}[0-9]?[A-Z]{0,4}|[A-Z][a-z]+/[A-Z][A-Za-z_]+)|[+\-−][0-9]{1,2}(?::?[0-9]{2}){0,2})"
    r"[)\]]?){0,3}(?:\s*\([A-Z][A-Z ]{1,60}\))?"
)
_TIME = (  # "T14:05:00Z", " 14:05 UTC", ", 2.05 p.m. (EDT)", " at 9 a.m."
    rf"(?:(?:T[0-9]{{4,6}}|(?:T|:|,?\s*(?:at\s+|-\s+|\|\s*)?){_CLOCK}){_HALF}{_ZONE})?"
)

_NUMBERS = r"(?P<first>[0-9]{1,2})(?P<sep>[-/.])(?P<second>[0-9]{1,2})(?P=sep)(?P<year>[0-9]{4})"
_FORMS = (
    r"(?P<year>[0-9]{4})(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})",
    r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:[0-9]{4}(?:[0-9]{2})?)?",
    rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
    rf"{_DAY}[\s-]+(?:of\s+)?{_MONTH},?[\s-]+{_YEAR}",
    rf"{_DAY}[\s-]{_MONTH}[\s-](?P<short>[0-9]{{2}})(?=\s+[0-9]{{1,2}}:[0-9]{{2}})",  # mail: "3 Jun 19 14:05 GMT"
    rf"{_MONTH}\s+{_DAY}\s+[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:\s+(?:[A-Z]{{2,5}}|[+-][0-9]{{4}}))?\s+{_YEAR}",
    _NUMBERS,
)
_WHOLE_DATES = tuple(
    re.compile(rf"\s*{_WEEKDAY}(?P<date>{form}){_TIME}\s*\.?\s*", re.IGNORECASE) for form in _FORMS
)
_BEFORE = (  # words before the date in a date field: "Published on", "10:30 AM EDT,"
    rf"\s*(?:(?:first\s+)?(?:published|posted|date)(?:\s+(?:on|at))?:?\s+)?(?:{_CLOCK}{_HALF}(?:\s+[A-Z]{{2,5}})?,?\s+)?"
)
_OPENING_DATES = tuple(
    re.compile(rf"{_BEFORE}{_WEEKDAY}(?P<date>{form})(?![0-9a-su-z])", re.IGNORECASE) for form in _FORMS
)
_OTHER_YEAR = re.compile(r"(?<![0-9.:+\-−])(?:19|20)[0-9]{2}(?![0-9:])")
_OPENING_NUMBERS = re.compile(rf"{_BEFORE}{_WEEKDAY}{_NUMBERS}(?![0-9])", re.IGNORECASE)
_DAY_AND_MONTH = tuple(
    re.compile(rf"\s*{_WEEKDAY}(?P<date>{form})\s*", re.IGNORECASE)
    for form in (rf"{_MONTH}\s+{_DAY}", rf"{_DAY}\s+(?:of\s+)?{_MONTH}")
)
_MONTH_AND_YEAR = re.compile(rf"\s*(?:{_MONTH},?\s+)?{_YEAR}\s*", re.IGNORECASE)

# The same forms without named groups, for use inside larger patterns.
_PLAIN_MONTH = re.sub(r"\?P<\w+>", "?:", _MONTH)
_PLAIN_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
DATE_IN_DATELINE = rf"(?i:{_PLAIN_MONTH}\s+{_PLAIN_DAY}|{_PLAIN_DAY}\s+{_PLAIN_MONTH})(?:,?\s+[0-9]{{4}})?"


class FoundDate(NamedTuple):
    """A day, and where the searched text has it; the span leaves out a weekday and a time next to the day."""

    day: date
    start: int
    end: int


def read_date(text: str) -> FoundDate | None:
    """Return the day if `text` is exactly one unambiguous date; weekday and time may surround it.

    >>> read_date("Monday, 3 June 2019, 14:05 UTC")
    FoundDate(day=datetime.date(2019, 6, 3), start=8, end=19)
    """
    for form in _WHOLE_DATES if len(text) <= _LONGEST else ():
        if match := form.fullmatch(text):
            return _find(match, None)
    return None


def read_written_date(text: str, order: str | None = None) -> FoundDate | None:
    """Find the date at the start of a date field. Any text may follow; None if that text has another year.

    `order` (DAY_FIRST or MONTH_FIRST) decides ambiguous numeric dates.

    >>> read_written_date("27-MAR-1987 08:49:11.51F").day
    datetime.date(1987, 3, 27)
    >>> read_written_date("03/04/2019", DAY_FIRST).day
    datetime.date(2019, 4, 3)
    """
    for form in _OPENING_DATES:
        if match := form.match(text, 0, _LONGEST):
            return None if _OTHER_YEAR.search(text, match.end()) else _find(match, order)
    return None


def read_order(text: str) -> str | None:
    """Return the order of a numeric date: DAY_FIRST (25/04/2019), MONTH_FIRST, or OPEN (03/04/2019); else None."""
    match = _OPENING_NUMBERS.match(text, 0, _LONGEST)
    if not match:
        return None
    first, second = int(match["first"]), int(match["second"])
    if not 1 <= min(first, second) <= 12 or max(first, second) > 31 or first == second:
        return None
    return OPEN if max(first, second) <= 12 else DAY_FIRST if first > 12 else MONTH_FIRST


def read_day(text: str, year: int) -> FoundDate | None:
    """Return the day in `year` if `text` is a day and a month ("June 3", "12 May"), else None."""
    if match := _match_day_and_month(text):
        day = _build(match.groupdict() | {"year": str(year)})
        return FoundDate(day, *match.span("date")) if day else None
    return None


def read_month_of_day(text: str) -> int | None:
    """Return the month, 1 to 12, if `text` is a day and a month without a year ("June 3")."""
    match = _match_day_and_month(text)
    return _month_and_day(match.groupdict())[0] if match else None


def read_month(text: str) -> tuple[int | None, int | None]:
    """Return year and month if `text` is a year ("2019": month None) or a month and a year ("June 2019")."""
    match = _MONTH_AND_YEAR.fullmatch(text)
    if not match:
        return None, None
    return int(match["year"]), _month_number(match["month"]) if match["month"] else None


def _match_day_and_month(text: str) -> re.Match[str] | None:
    if len(text) > _LONGEST:
        return None
    return next((match for form in _DAY_AND_MONTH if (match := form.fullmatch(text))), None)


def _find(match: re.Match[str], order: str | None) -> FoundDate | None:
    day = _build(match.groupdict(), order)
    return FoundDate(day, *match.span("date")) if day else None


def _build(parts: dict[str, str | None], order: str | None = None) -> date | None:
    month, day = _month_and_day(parts, order)
    try:
        return date(_year(parts), month, day)
    except ValueError:
        return None


def _year(parts: dict[str, str | None]) -> int:
    """Return the year; two digits mean a year from 1950 to 2049, as in mail (RFC 5322)."""
    if short := parts.get("short"):
        return int(short) + (2000 if int(short) < 50 else 1900)
    return int(parts["year"] or 0)


def _month_and_day(parts: dict[str, str | None], order: str | None = None) -> tuple[int, int]:
    """Return month and day; (0, 0) if their order is ambiguous."""
    if not parts.get("first"):
        return _month_number(parts["month"] or ""), int(parts["day"] or 0)
    first, second = int(parts["first"] or 0), int(parts["second"] or 0)
    if first == second or second > 12 or (order == MONTH_FIRST and first <= 12):
        return first, second
    return (second, first) if first > 12 or order == DAY_FIRST else (0, 0)


def _month_number(month: str) -> int:
    return int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
