"""Turn counts by day into the columns of a chart. Its time axis includes days without statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.query.live import Row

WIDEST = 75  # columns of days or weeks; longer spans get months or years


@dataclass(frozen=True)
class Column:
    """One column of a chart, for a day, week, month or year: its first and last day, and its count."""

    since: date
    until: date
    count: int
    label: str


@dataclass(frozen=True)
class Chart:
    """Columns without gaps, the highest count, and the unit of a column."""

    columns: list[Column]
    highest: int
    unit: str
    total: int

    @property
    def ticks(self) -> list[str]:
        """A few labels for the axis, including the first and the last label."""
        step = max(1, -(-len(self.columns) // 6))
        return [column.label for column in self.columns[::step]]


def draw_columns(rows: Iterable[Row], span: tuple[date, date] | None = None) -> Chart | None:
    """Return the chart of rows with `day` and `statements`, on the axis of `span`; None if no row has a day."""
    counts: Counter[date] = Counter()
    for row in rows:
        if row["day"] is not None:
            counts[row["day"]] += row["statements"]
    if not counts:
        return None
    first, last = span or (min(counts), max(counts))
    unit = pick_unit(first, last)
    starts = list(_starts(unit, first, last))
    sums: Counter[date] = Counter()
    for day, count in counts.items():
        sums[_start(unit, day)] += count
    ends = [*(start - timedelta(days=1) for start in starts[1:]), _end(unit, starts[-1])]
    columns = [
        Column(start, end, sums[start], _label(unit, start)) for start, end in zip(starts, ends, strict=True)
    ]
    return Chart(columns, max(sums.values()), unit, sum(sums.values()))


def span_of(*several: Sequence[Row]) -> tuple[date, date] | None:
    """Return the first and last day in all rows, for charts that share an axis."""
    days = [row["day"] for rows in several for row in rows if row["day"] is not None]
    return (min(days), max(days)) if days else None


def pick_unit(first: date, last: date) -> str:
    """Return the unit of a column (day, week, month, year) that keeps the number of columns readable."""
    days = (last - first).days + 1
    sizes = (("day", 1), ("week", 7), ("month", 30), ("year", 365))
    return next((unit for unit, size in sizes if days / size <= WIDEST), "year")


def _start(unit: str, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[unit]


def _starts(unit: str, first: date, last: date) -> Iterable[date]:
    at = _start(unit, first)
    while True:
        yield at
        end = _end(unit, at)
        if end >= last or end == date.max:
            return
        at = end + timedelta(days=1)


def _end(unit: str, start: date) -> date:
    try:
        if unit == "year":
            return start.replace(month=12, day=31)
        if unit == "month":
            return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return start + timedelta(days=6 if unit == "week" else 0)
    except OverflowError:
        return date.max


def _label(unit: str, start: date) -> str:
    if unit == "year":
        return f"{start.year:04}"
    return f"{start.year:04}-{start.month:02}" if unit == "month" else start.isoformat()
