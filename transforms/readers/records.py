"""Declare the output of readers: the articles of one file, and the records that are not articles.

Readers copy a file's values word for word. Later steps interpret the values: the day and its precision, the
language, the story and version of an article.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from transforms.frames import RECORDS
from transforms.readers.fields.dates import read_date
from transforms.record import Record

__all__ = ["Reading", "Record", "Reject", "join_readings", "to_frame"]


@dataclass(frozen=True)
class Reject:
    """One record that is not an article; `record_no` is None if the whole file is rejected.

    `place` is the place in the file ("news.zip > a.json, item 3"); `payload` is the record as JSON or its raw text,
    cut at `Limits.payload_characters`; both may be None.
    """

    record_no: int | None
    reason_code: str
    reason: str
    place: str | None = None
    payload: str | None = None


@dataclass(frozen=True)
class Reading:
    """The result of reading a file or a part of it. `format` and `encoding` are None if they are not recognised.

    `records` is a RECORDS frame. `days` maps record numbers to days that are known only after the whole file is read;
    the last part of a file has them.
    """

    format: str | None
    encoding: str | None
    records: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RECORDS))
    rejects: list[Reject] = field(default_factory=list)
    days: dict[int, date] = field(default_factory=dict)


def join_readings(parts: Sequence[Reading]) -> Reading:
    """Join the parts of one file, in order; at least one part."""
    last = parts[-1]
    records = pl.concat([part.records for part in parts]) if len(parts) > 1 else last.records
    if last.days:
        days = pl.col("record_no").replace_strict(last.days, default=None, return_dtype=pl.Date)
        records = records.with_columns(published_on=pl.coalesce(days, "published_on"))
    return Reading(last.format, last.encoding, records, [no for part in parts for no in part.rejects])


def to_frame(records: list[tuple[int, Record]], path: str) -> pl.DataFrame:
    """Convert numbered records of one file to a frame in the RECORDS schema."""
    rows = [
        vars(record)
        | {
            "path": path,
            "record_no": number,
            "published_on": record.published_on or _day(record.published),
            "header_spans": [_span_row(*span) for span in record.header_spans],
        }
        for number, record in records
    ]
    return pl.DataFrame(rows, schema=RECORDS)


def _day(published: str | None) -> date | None:
    found = read_date(published) if published else None
    return found.day if found else None


def _span_row(field_name: str, start: int, end: int) -> dict[str, str | int]:
    return {"field": field_name, "start": start, "end": end}
