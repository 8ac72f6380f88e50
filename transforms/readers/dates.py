"""Dates as news files write them -> `datetime.date`.

Strict: nothing is filled in from a clock, nothing is guessed. `03/04/2019` (March or April?) and two-digit
years give no date at all.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[0-9]{4})"
_WEEKDAY = r"(?:(?:Mon|Tue(?:s)?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+)?"
_TIME = (  # "T14:05:00Z", " 14:05 UTC", ", 2.05 p.m. (EDT)", " at 9 a.m."
    r"(?:T[0-9]{4,6}(?:Z|[+-][0-9]{2}:?[0-9]{2})?|(?:T|,?\s*(?:at\s+|-\s+|\|\s*)?)[0-9]{1,2}(?:[:.][0-9]{2}){0,2}(?:[.,][0-9]+)?"
    r"\s*(?:[ap]\.?m\b\.?)?\s*\(?(?:Z|[A-Z]{2,5}|[+-][0-9]{2}:?[0-9]{2})?\)?(?:\s*\([A-Z]{2,5}\))?)?"
)

_WHOLE_DATES = tuple(
    re.compile(rf"\s*{_WEEKDAY}(?P<date>{form}){_TIME}\s*\.?\s*", re.IGNORECASE)
    for form in (
        r"(?P<year>[0-9]{4})(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})",
        r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_DAY}[\s-]+(?:of\s+)?{_MONTH},?[\s-]+{_YEAR}",
        r"(?P<first>[0-9]{1,2})(?P<sep>[-/.])(?P<second>[0-9]{1,2})(?P=sep)(?P<year>[0-9]{4})",
    )
)
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
    """A day, and where it is written in the text that was searched (without weekday and time)."""

    day: date
    start: int
    end: int


def read_date(text: str) -> FoundDate | None:
    """The day, when `text` is one whole date with one meaning; weekday and time may stand around it.

    >>> read_date("Monday, 3 June 2019, 14:05 UTC")
    FoundDate(day=datetime.date(2019, 6, 3), start=8, end=19)
    """
    for form in _WHOLE_DATES:
        if match := form.fullmatch(text):
            day = _build(match.groupdict())
            return FoundDate(day, *match.span("date")) if day else None
    return None


def read_day(text: str, year: int) -> FoundDate | None:
    """The day, when `text` is a day and a month ("June 3", "12 May") and the year is known from elsewhere."""
    if match := _match_day_and_month(text):
        day = _build(match.groupdict() | {"year": str(year)})
        return FoundDate(day, *match.span("date")) if day else None
    return None


def read_month_of_day(text: str) -> int | None:
    """The month, 1 to 12, when `text` is a day and a month without a year ("June 3")."""
    match = _match_day_and_month(text)
    return _month_and_day(match.groupdict())[0] if match else None


def read_month(text: str) -> tuple[int | None, int | None]:
    """Year and month, when `text` is a year ("2019": month null) or a month and a year ("June 2019")."""
    match = _MONTH_AND_YEAR.fullmatch(text)
    if not match:
        return None, None
    return int(match["year"]), _month_number(match["month"]) if match["month"] else None


def _match_day_and_month(text: str) -> re.Match[str] | None:
    return next((match for form in _DAY_AND_MONTH if (match := form.fullmatch(text))), None)


def _build(parts: dict[str, str | None]) -> date | None:
    year = int(parts["year"] or 0)
    month, day = _month_and_day(parts)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_and_day(parts: dict[str, str | None]) -> tuple[int, int]:
    """Month and day; (0, 0), which is no day, when both could be either."""
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        if first == second or second > 12:
            return first, second
        return (second, first) if first > 12 else (0, 0)
    return _month_number(parts["month"] or ""), int(parts["day"] or 0)


def _month_number(month: str) -> int:
    return int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
