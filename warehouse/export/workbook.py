"""Write statements, speakers and column meanings to one workbook (XLSX) for people who do not use SQL."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from traceback import clear_frames
from typing import TYPE_CHECKING, Any, BinaryIO

import duckdb

from warehouse.export.export_rows import looks_like_formula, read_rows, xml_text
from warehouse.files.catalog import meaning_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROWS_OF_A_SHEET = 1_048_575  # Excel's limit, without the header
LONGEST_CELL = 32_767
SHEETS = {
    "Statements": """
        SELECT published_on, outlet, speaker, role, organization, country, cue, cue_class, kind, statement, source,
            headline, byline, agency, path, url, confidence, statement_id
        FROM main.who_said_what ORDER BY published_on, article_id, seq_no""",
    "Speakers": """
        SELECT speaker, any_value(speaker_kind) AS speaker_kind, any_value(country) AS country,
            sum(statements) AS statements, sum(direct) AS direct, sum(indirect) AS indirect, sum(mixed) AS mixed
        FROM main.speakers_daily GROUP BY actor_id, speaker ORDER BY statements DESC, speaker""",
}  # fmt: skip


def write_xlsx(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Write the statements (a new sheet after each million), a sheet of speakers, and a sheet about the columns.

    Texts longer than a cell can hold (32,767 characters) are cut. No text becomes a formula or a link. A text that
    looks like a formula gets the mark that Excel shows as a leading apostrophe, so that it remains text when edited.
    """
    with _closed_quietly(), open_workbook(file) as book:
        for name, sql in SHEETS.items():
            _write_sheets(book, name, read_rows(connection, sql))
        _write_sheets(book, "Columns", _columns(connection))


@contextmanager
def _closed_quietly() -> Iterator[None]:
    """Discard the workbook after an error such as a full disk, so that `zipfile` prints no second traceback."""
    try:
        yield
    except Exception as error:
        hook = sys.unraisablehook
        sys.unraisablehook = lambda unraisable: None
        try:
            cause: BaseException | None = error
            while cause:
                clear_frames(cause.__traceback__)
                cause = cause.__context__
            gc.collect()
        finally:
            sys.unraisablehook = hook
        raise


def open_workbook(file: Path | BinaryIO) -> Workbook:
    """An empty workbook, in which no text becomes a formula or a link; the caller adds sheets and closes it."""
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    lenient = {"remove_timezone": True, "nan_inf_to_errors": True}
    target = str(file) if isinstance(file, Path) else file
    return Workbook(target, options | lenient | {"default_date_format": "yyyy-mm-dd"})


def add_sheet(book: Workbook, name: str, columns: list[str], rows: Iterator[dict[str, Any]]) -> None:
    """Add `rows` as a sheet with a header, or as several sheets for over a million rows."""
    first = next(rows, None)
    if first is None:
        _write_head(book, book.add_worksheet(name), columns)
    else:
        _write_sheets(book, name, chain([first], rows))


def write_sheet(rows: Iterable[dict[str, Any]], name: str) -> bytes:
    """The bytes of a workbook with one sheet of `rows`."""
    out = io.BytesIO()
    with open_workbook(out) as book:
        _write_sheets(book, name[:31], iter(rows))
    return out.getvalue()


def _columns(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    for sheet, sql in SHEETS.items():
        view = "main.who_said_what" if sheet == "Statements" else "main.speakers_daily"
        for name, *_ in connection.execute(f"DESCRIBE {sql}").fetchall():
            yield {"sheet": sheet, "column": name, "meaning": meaning_of(view, name)}


def _write_sheets(book: Workbook, name: str, rows: Iterator[dict[str, Any]]) -> None:
    sheet, at = book.add_worksheet(name), 0
    as_text = book.add_format({"quote_prefix": True})
    for number, row in enumerate(rows):
        at = number % ROWS_OF_A_SHEET
        if number and at == 0:
            sheet = book.add_worksheet(f"{name} {number // ROWS_OF_A_SHEET + 1}")
        if at == 0:
            _write_head(book, sheet, list(row))
        for column, value in enumerate(row.values()):
            _write_cell(sheet, at + 1, column, value, as_text)


def _write_head(book: Workbook, sheet: Worksheet, names: list[str]) -> None:
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, book.add_format({"bold": True}))


def _write_cell(sheet: Worksheet, row: int, column: int, value: Any, as_text: Format) -> None:
    if isinstance(value, date | datetime):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value is not None:
        text = xml_text(value)[:LONGEST_CELL]
        sheet.write_string(row, column, text, *([as_text] if looks_like_formula(text) else []))
