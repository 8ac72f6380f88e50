"""Write rows of a query as CSV, a workbook or JSON. Cells never become formulas that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from warehouse.export.export_rows import escape_controls, inert
from warehouse.export.workbook import write_sheet
from warehouse.query.live import Row

MAX_DOWNLOAD = 50_000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_file(rows: list[Row], form: str, name: str) -> bytes:
    """Return the rows as a file in one of the formats in `TYPES`."""
    writers: dict[str, Callable[[list[Row]], bytes]] = {
        "csv": _csv,
        "json": _json,
        "xlsx": lambda rows: write_sheet(rows, name),
    }
    return writers[form](rows)


def _csv(rows: list[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows[:1]:
        writer.writerow(list(row))
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    return inert(
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value
    )


def _json(rows: list[Row]) -> bytes:
    return escape_controls(json.dumps(rows, ensure_ascii=False, default=str, indent=1)).encode()
