"""Resolve numeric dates for all records of one source: is `03/04/2019` in March or in April?

A source is a set of records from one container (the rows of a table, the items of a JSON file, the files of an archive)
that are dated by the same field. If a record shows the order (`25/04/2019`) and no other record contradicts it, that
order applies to the whole source. In every other source the setting applies; without a setting, such a date has no day.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from transforms.readers.fields.dates import DAY_FIRST, MONTH_FIRST, OPEN, read_order, read_written_date
from transforms.readers.records import Record

Source = tuple[str, str]


class DayOrder:
    """The order of day and month in the sources of one file, collected record by record.

    `setting` is DAY_FIRST, MONTH_FIRST or None; evidence in a source overrides it.
    """

    def __init__(self, setting: str | None) -> None:
        self._setting = setting
        self._shown: dict[Source, set[str]] = defaultdict(set)
        self._open: list[tuple[int, Source, str]] = []

    def note(self, number: int, record: Record) -> None:
        """Add the date of a numbered record to the evidence."""
        order = read_order(record.published) if record.published else None
        if order in (DAY_FIRST, MONTH_FIRST):
            self._shown[_source(record)].add(order)
        elif order == OPEN and not record.published_on:
            self._open.append((number, _source(record), record.published or ""))

    def days(self) -> dict[int, date]:
        """Map record numbers to days, for the records whose date is ambiguous without the order of their source."""
        orders = {source: next(iter(found)) for source, found in self._shown.items() if len(found) == 1}
        days = {}
        for number, source, written in self._open:
            order = orders.get(source, self._setting)
            found = read_written_date(written, order) if order else None
            if found and found.day:
                days[number] = found.day
        return days


def _source(record: Record) -> Source:
    """Return the container of the record, and the field with its date: "a.zip > b.csv" for "a.zip > b.csv > row 2"."""
    return (record.place or "").rpartition(" > ")[0], record.published_in or ""
