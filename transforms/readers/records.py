"""What readers hand out: the articles of one file, and the records that are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from transforms.frames import RECORDS


@dataclass(frozen=True)
class Record:
    """One article: `body` is the slice of the decoded file that begins at `body_start`.

    `header_spans` maps the name of each field that was read to its places (start, end) in the decoded file.
    """

    body: str
    body_start: int
    headline: str | None = None
    byline: str | None = None
    agency: str | None = None
    outlet: str | None = None
    dateline_place: str | None = None
    published_on: date | None = None
    language: str | None = None
    url: str | None = None
    header_spans: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True)
class Reject:
    """One record that is no article; `record_no` is null when the whole file is meant."""

    record_no: int | None
    reason_code: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """One file, read. `format` and `encoding` are null when none was recognised; `records` are RECORDS."""

    format: str | None
    encoding: str | None
    records: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RECORDS))
    rejects: list[Reject] = field(default_factory=list)


def to_frame(records: list[tuple[int, Record]], path: str) -> pl.DataFrame:
    """Numbered records of one file -> frame in the RECORDS schema."""
    rows = [
        vars(record)
        | {
            "path": path,
            "record_no": number,
            "header_spans": [_span_row(*span) for span in record.header_spans],
        }
        for number, record in records
    ]
    return pl.DataFrame(rows, schema=RECORDS)


def _span_row(field_name: str, start: int, end: int) -> dict[str, str | int]:
    return {"field": field_name, "start": start, "end": end}
