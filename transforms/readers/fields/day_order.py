"""Dates in numbers, decided for all records of one source: is `03/04/2019` March or April?

One record never decides. A source is what stands together (the rows of a table, the items of a JSON file, the files of
one archive) and dates its articles in the same field. Where one of them shows the order (`25/04/2019`) and none shows
the other one, the order holds for all; where none shows it, the setting holds; without either there is no day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from transforms.readers.fields.dates import DAY_FIRST, MONTH_FIRST, OPEN, read_order, read_written_date
from transforms.readers.records import Record

Source = tuple[str, str]


def settle_days(records: list[tuple[int, Record]], setting: str | None) -> list[tuple[int, Record]]:
    """The numbered records of one file, with the days that the order of their source gives.

    `setting` is DAY_FIRST, MONTH_FIRST or null; what a source shows goes before it.
    """
    written = [read_order(record.published) if record.published else None for _, record in records]
    if OPEN not in written:
        return records
    shown: dict[Source, set[str]] = defaultdict(set)
    for (_, record), order in zip(records, written, strict=True):
        if order in (DAY_FIRST, MONTH_FIRST):
            shown[_source(record)].add(order)
    orders = {source: next(iter(found)) for source, found in shown.items() if len(found) == 1}
    return [
        (number, _date(record, orders.get(_source(record), setting)) if order == OPEN else record)
        for (number, record), order in zip(records, written, strict=True)
    ]


def _source(record: Record) -> Source:
    """What the record stands in, and the field that dates it: "a.zip > b.csv" of "a.zip > b.csv > row 2"."""
    return (record.place or "").rpartition(" > ")[0], record.published_in or ""


def _date(record: Record, order: str | None) -> Record:
    if record.published_on or not order:
        return record
    found = read_written_date(record.published or "", order)
    return replace(record, published_on=found.day) if found else record
