"""Parse each date in a file to a day, a time and a precision, or to the reason why it has no day; never guess.

The day is taken as written, so it is the day at the place of publication. A time of publication needs a time of day
and a time zone. The result is a reason instead of a day for `June 2019`, a two-digit year, 31 February, or an ambiguous
date (`03/04/2019`, unless it is known whether the source writes the day or the month first). A dateline without a year
("June 3") means the day nearest to publication.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from transforms.readers.fields.dates import (
    OPEN,
    FoundDate,
    read_date,
    read_day,
    read_month,
    read_month_of_day,
    read_order,
    read_written_date,
)

# Time zones of RFC 2822, and abbreviations that mean one zone everywhere; IST and BST mean several.
_HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3,
    "msk": 3, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "awst": 8, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
_TIME = re.compile(
    r"""[\sT,:|\-(]*(?:at\s+)?
    (?P<hour>[0-9]{1,2}) (?: [:.]?(?P<minute>[0-9]{2}) (?: [:.]?(?P<second>[0-9]{2}) )? (?:[.,:][0-9]{1,9})? )?
    \s*(?P<half>[ap])?(?(half)\.?m\b\.?)
    (?P<zone>.*)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ZONE = re.compile(  # "Z", "+02:00", "GMT+2", "EDT)", "+0200 (CEST)", "+02:00[Europe/Paris]"
    r"[\s(]*(?P<name>[A-Za-z]{1,4}(?![A-Za-z/]))?\s*(?:(?P<sign>[+\-−])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?)?"
    r"[\s).,]*(?:\([A-Za-z][A-Za-z .]{1,60}\)|\[[A-Za-z/_]{1,60}\])?[\s.]*"
)
_MOST_HOURS = 14  # largest offset of a zone from UTC
_CLOCK_INSIDE = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*[AaPp][Mm])?(?:\s+(?:[A-Z]{2,5}|[+-][0-9]{4}))?"
)
_SECONDS = re.compile(
    r"\s*(?P<seconds>[0-9]{9,10})(?:\.[0-9]*|(?:[0-9]{3}){1,3})?\s*"
)  # since 1970, perhaps with fractions
UTC_TIME = pl.Datetime("us", "UTC")
_MOMENTS = pl.Schema([("on", pl.Date), ("at", UTC_TIME), ("precision", pl.String), ("reason", pl.String)])
_DIGITS = re.compile(r"[0-9]")
_HALF_A_YEAR = timedelta(183)
_LONGEST = 100  # characters of a date


class Timestamp(NamedTuple):
    """The day and time of one written date. `on` is None exactly when there is a `reason`; `at` is in UTC."""

    on: date | None = None
    at: datetime | None = None
    precision: str | None = None
    reason: str | None = None


@lru_cache(maxsize=10_000)
def read_timestamp(text: str) -> Timestamp:
    """Parse a date and time.

    >>> read_timestamp("Mon, 3 Jun 2019 23:50:00 -0400").at.isoformat()
    '2019-06-04T03:50:00+00:00'
    >>> read_timestamp("June 2019")
    Timestamp(on=None, at=None, precision='month', reason="gives no day: 'June 2019'")
    """
    shown = repr(text[:_LONGEST])
    found = read_written_date(text[:_LONGEST])
    if found:
        at = _read_time(_clock_text(text[:_LONGEST], found), found.day)
        return Timestamp(found.day, at, "instant" if at else "day")
    if seconds := _SECONDS.fullmatch(text):
        at = datetime.fromtimestamp(int(seconds["seconds"]), UTC)
        return Timestamp(at.date(), at, "instant")
    year, month = read_month(text.strip())
    if year:
        return Timestamp(None, None, "month" if month else "year", f"gives no day: {shown}")
    return Timestamp(reason=f"{_fault(text)}: {shown}")


def _fault(text: str) -> str:
    if read_order(text[:_LONGEST]) == OPEN:
        return "may be two days"
    return (
        "is not a day of the calendar, or may mean two different days"
        if _DIGITS.search(text)
        else "is not a date"
    )


def _clock_text(text: str, found: FoundDate) -> str:
    """Return the time of day in `text`: after the date, inside it (Mon Jun 3 14:05:00 2019), or before it."""
    if behind := text[found.end :].strip():
        return behind
    inside = _CLOCK_INSIDE.search(text, 0, found.end)
    return inside.group() if inside else ""


def _read_time(text: str, day: date) -> datetime | None:
    """Return the time on `day` if `text` has a time and a zone, else None."""
    match = _TIME.fullmatch(text)
    offset = _read_zone(match["zone"]) if match else None
    if match is None or offset is None:
        return None
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    try:
        clock = time(hour, int(match["minute"] or 0), int(match["second"] or 0))
        return datetime.combine(day, clock, timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):  # "25:10", or a time in year 1 that is before year 1 in UTC
        return None


def _read_zone(text: str) -> timedelta | None:
    """Return the offset of the zone from UTC; None if it is missing, unknown or contradictory."""
    match = _ZONE.fullmatch(text)
    if not match:
        return None
    named = _HOURS.get((match["name"] or "").lower())
    if not match["sign"]:
        return None if named is None else timedelta(hours=named)
    size = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    offset = size if match["sign"] == "+" else -size
    is_one_zone = not match["name"] or named == 0 or (named is not None and timedelta(hours=named) == offset)
    return offset if is_one_zone and size <= timedelta(hours=_MOST_HOURS) else None


@lru_cache(maxsize=10_000)
def read_dateline_day(text: str, near: date | None) -> date | None:
    """Return the day of a dateline; if it has no year, the day nearest to `near` (None if `near` is None)."""
    found = read_date(text)
    if found:
        return found.day
    if near is None or not read_month_of_day(text):
        return None
    years = (near.year + more for more in (-1, 0, 1) if 1 <= near.year + more <= 9999)
    days = [found.day for year in years if isinstance(found := read_day(text, year), FoundDate)]
    return min(
        (day for day in days if abs(day - near) <= _HALF_A_YEAR),
        key=lambda day: abs(day - near),
        default=None,
    )


def add_timestamps(records: pl.DataFrame) -> pl.DataFrame:
    """Add the date columns of ARTICLES to RECORDS.

    A `published_on` from the reader stays, since the reader may know the year from elsewhere in the file.
    """
    read = pl.DataFrame(_read_all(records["published"]), _MOMENTS, orient="row")
    dated = records.with_columns(
        published_on=pl.coalesce("published_on", read["on"]),
        published_at=read["at"],
        published_from="published_in",
        updated_at=_instants(records["updated"]),
        embargoed_until=_instants(records["embargo"]),
    )
    is_day = dated["published_on"].is_not_null() & read["on"].is_null()
    reason = pl.coalesce(read["reason"], pl.lit("the file gives no date"))
    return dated.with_columns(
        published_precision=pl.when(is_day).then(pl.lit("day")).otherwise(read["precision"]),
        published_reason=pl.when(pl.col("published_on").is_null()).then(reason),
        dateline_on=_dateline_days(dated),
    )


def _read_all(texts: pl.Series) -> list[Timestamp]:
    return [read_timestamp(text) if text is not None else Timestamp() for text in texts]


def _instants(texts: pl.Series) -> pl.Series:
    return pl.Series([moment.at for moment in _read_all(texts)], dtype=UTC_TIME)


def _dateline_days(records: pl.DataFrame) -> pl.Series:
    rows = records.select("dateline_date", "published_on").iter_rows()
    return pl.Series([read_dateline_day(text, near) if text else None for text, near in rows], dtype=pl.Date)
