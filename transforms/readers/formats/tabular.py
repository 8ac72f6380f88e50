"""Read tables (CSV, TSV etc., Excel, Parquet), recognised by common column names; each row is one article.

Rows are read one by one: a table may be larger than memory.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from transforms.readers.content import HEAD, Content
from transforms.readers.fields.field_names import Columns
from transforms.readers.format import Format
from transforms.readers.formats.office import DAMAGES, require_harmless, zip_members
from transforms.readers.formats.sheets import read_rows
from transforms.readers.guarded import attempt
from transforms.readers.limits import Limits, Refused
from transforms.readers.records import Record, Reject
from transforms.readers.row_record import read_fields

_DELIMITERS = (",", "\t", ";", "|")
_SEPARATOR = re.compile(r'\ufeff?"?sep=(?P<delimiter>[^\r\n"])"?\s*', re.IGNORECASE)  # a first line for Excel
_BROKEN = re.compile("[\udc80-\udcff]")
_NO_NAME = re.compile(
    r"[.!?…][\"'”’]?\s*$|[<>{}]|\S\s+\S+\s+\S+\s+\S+\s+\S"
)  # a sentence, markup, more than four words
_LONGEST_NAME = 60  # characters of a column's name
_FEWEST_ROWS = 2  # a table with unknown columns needs this many rows with as many cells as its first line
_SOME_ROWS = 20  # rows to look at
_MOST_COLUMNS = (
    1_000  # a table with more columns has a first line that is longer than the bytes that recognise a format
)
_TOP_ROWS = 10  # rows of a sheet to search for column names
_AT_ONCE = 64  # rows of a Parquet file
_LONG_FORMAT = re.compile(rb"""formatCode\s{0,9}=\s{0,9}["'][^"'<]{1001}""")  # Excel allows 255 characters
_ENCRYPTED = b"PARE"  # the first bytes of an encrypted Parquet file


# --- CSV ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layout:
    """The layout of a table. `is_known`: one of its columns has a name that is common for texts."""

    delimiter: str
    names: list[str]
    is_known: bool


def recognises_csv(content: Content) -> bool:
    """Whether a file is a table, whose first line names its columns.

    One of the names must be common for texts; otherwise each of the next lines must have as many cells as the first.
    """
    return _find_layout(content) is not None


def _find_layout(content: Content) -> _Layout | None:
    head = content.head.decode(content.encoding, "replace").lstrip("\ufeff\r\n")
    separator = _SEPARATOR.match(head)
    head = head[separator.end() :] if separator else head
    if "\n" not in head.replace("\r", "\n") and len(content.head) < HEAD:
        return None
    first = head.splitlines()[0] if head.strip() else ""
    delimiters = (separator["delimiter"],) if separator else _DELIMITERS
    layouts = [_read_layout(first, delimiter, content) for delimiter in delimiters]
    for layout in layouts:
        if layout and layout.is_known:
            return layout
    return next((layout for layout in layouts if layout and _are_rows(layout, head, content)), None)


def _read_layout(first: str, delimiter: str, content: Content) -> _Layout | None:
    """Read the layout of a table from its first line; None if that line has no column names."""
    try:
        names = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        return None
    if len(names) < 2 or any(len(name) > _LONGEST_NAME for name in names):
        return None
    return _Layout(delimiter, names, bool(Columns(names[:_MOST_COLUMNS], content.options.mapping)))


def _are_rows(layout: _Layout, head: str, content: Content) -> bool:
    """Whether a file must be a table: the first line has names, and each of the next lines has as many cells."""
    names = layout.names[:_MOST_COLUMNS]  # with more, the last name may be cut off
    is_named = all(map(str.strip, names[1:])) and len(set(names)) == len(names)
    if not is_named or any(map(_NO_NAME.search, names)):
        return False
    if len(layout.names) > _MOST_COLUMNS:
        return True
    try:
        rows = [
            row
            for row in islice(csv.reader(head.splitlines(), delimiter=layout.delimiter), _SOME_ROWS)
            if row
        ]
    except csv.Error:
        return False
    is_whole = len(content.head) < HEAD or len(rows) == _SOME_ROWS
    widths = [len(row) for row in (rows[1:] if is_whole else rows[1:-1])]
    named = Columns(layout.names, {}).of.values()
    fewest = 1 if sum(map(bool, named)) > 1 else _FEWEST_ROWS if len(layout.names) > 2 else 2 * _FEWEST_ROWS
    return len(widths) >= fewest and all(width == len(layout.names) for width in widths)


def read_csv(content: Content) -> Iterator[Record | Reject | Content]:
    """Yield the article in each row; quoted cells may contain line ends."""
    layout = _find_layout(content)
    if layout and len(layout.names) > _MOST_COLUMNS:
        raise Refused("no_article", f"is a table with more columns than the limit of {_MOST_COLUMNS:,}")
    if layout is None or not layout.is_known:
        columns = ", ".join(layout.names[:12]) if layout else ""
        problem = (
            f"is a table without a known text column ({columns}); name its text column: --map body=COLUMN"
        )
        raise Refused("no_article", problem)
    lines = io.TextIOWrapper(content.open(), content.encoding, "surrogateescape", newline="")
    csv.field_size_limit(max(131_072, 4 * content.limits.characters))
    rows = csv.reader(_bounded(lines, content), delimiter=layout.delimiter)
    names: list[str] = []
    number = 0
    while True:
        number += 1
        place = f"row {number}"
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Reject(None, "malformed", f"cannot be read as a row of the table ({error})", place)
            continue
        if not any(map(str.strip, row)) or (not names and _is_separator(row, layout)):
            continue
        if names:
            yield _read_cells(names, row, content, place)
        else:
            names = [name.strip() for name in row]


def _is_separator(row: list[str], layout: _Layout) -> bool:
    return bool(_SEPARATOR.fullmatch(layout.delimiter.join(row)))


def _bounded(lines: io.TextIOWrapper, content: Content) -> Iterator[str]:
    """Yield the lines of a file, each of bounded length."""
    most = 8 * content.limits.characters
    is_first = True
    while line := lines.readline(most + 1):
        if len(line) > most:
            raise Refused("too_long", f"has a line of more than {most:,} characters")
        yield line.lstrip("\ufeff") if is_first else line
        is_first = False


def _read_cells(names: list[str], row: list[str], content: Content, place: str) -> Record | Reject | Content:
    """Read the cells of a row; reject a row with more or fewer cells than names: its cells would get wrong names."""
    while len(row) > len(names) and not row[-1].strip():
        row.pop()
    if len(row) > len(names):
        problem = f"has {len(row)} cells for {len(names)} columns: is a quotation mark missing?"
        return Reject(None, "malformed", problem, place, json.dumps(row)[: content.limits.payload_characters])
    if any(_BROKEN.search(cell) for cell in row):
        return Reject(None, "undecodable", "has bytes that are invalid in the encoding of the table", place)
    return read_row(dict(zip(names, row, strict=False)), content, place)


def read_row(row: dict[str, Any], content: Content, place: str) -> Record | Reject | Content:
    """Return the article in one row of a table, or the reject that says why it has none."""
    return attempt(lambda: read_fields(row, content, place), place)


CSV = Format(
    "csv",
    "tables with columns separated by commas, tabs, semicolons or vertical bars; unknown columns go to `extra`",
    "articles.csv --map body=FullText",
    recognises_csv,
    read_csv,
    streams=True,
)


# --- Excel ----------------------------------------------------------------------------------------------------


def recognises_xlsx(content: Content) -> bool:
    return "xl/workbook.xml" in zip_members(content)


def read_xlsx(content: Content) -> Iterator[Record | Reject | Content]:
    """Yield the article in each row of the sheets with a text column; reject sheets without a text column."""
    from openpyxl import load_workbook

    require_harmless(content)
    _require_short_formats(content)
    try:
        book = load_workbook(content.open_seekable(), read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise Refused("malformed", f"is a damaged Excel file ({error})") from error
    for sheet in {sheet._worksheet_path: sheet for sheet in book.worksheets}.values():
        yield from _read_sheet(read_rows(sheet), str(sheet.title), content)


def _require_short_formats(content: Content) -> None:
    """Raise Refused if a number format is overlong: openpyxl would take the square of its length to read it."""
    with zipfile.ZipFile(content.open_seekable()) as archive, suppress(KeyError, *DAMAGES):
        if _LONG_FORMAT.search(archive.read("xl/styles.xml")):
            raise Refused("malformed", "is an Excel file with a number format of more than 1,000 characters")


def _read_sheet(
    rows: Iterable[tuple[int, tuple[Any, ...]]], title: str, content: Content
) -> Iterator[Record | Reject | Content]:
    names: list[str] = []
    is_filled = False
    for number, row in rows:
        is_filled = is_filled or any(cell is not None for cell in row)
        if names:
            if any(cell is not None for cell in row):
                yield read_row(_name_cells(names, row), content, f"sheet {title} > row {number}")
        elif number > _TOP_ROWS:
            break
        elif Columns([str(cell) for cell in row if cell is not None], content.options.mapping):
            names = ["" if cell is None else str(cell).strip() for cell in row]
    if is_filled and not names:
        problem = "has no known text column; name its text column: --map body=COLUMN"
        yield Reject(None, "no_article", problem, f"sheet {title}")


def _name_cells(names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """Map column names to the cells of a row; times become text."""
    return {name: _name_time(cell) for name, cell in zip(names, row, strict=False) if name}


def _name_time(cell: Any) -> Any:
    """Convert a day or time to text. In a sheet, midnight means a day without a time."""
    if isinstance(cell, datetime) and cell.tzinfo is None and cell.time() == time.min:
        return cell.date().isoformat()
    if isinstance(cell, bytes):  # text in Parquet files without a type
        return _decode_cell(cell)
    return cell.isoformat() if isinstance(cell, date | time) else cell


def _decode_cell(cell: bytes) -> str | None:
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return None


XLSX = Format(
    "xlsx", "Excel: the rows of all sheets; columns as in csv", "articles.xlsx", recognises_xlsx, read_xlsx
)


# --- Parquet --------------------------------------------------------------------------------------------------


def recognises_parquet(content: Content) -> bool:
    return content.head.startswith((b"PAR1", _ENCRYPTED))


def read_parquet(content: Content) -> Iterator[Record | Reject | Content]:
    """Yield the article in each row; a few rows are in memory at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    if content.head.startswith(_ENCRYPTED):
        raise Refused("encrypted", "is an encrypted Parquet file")
    try:
        table = parquet.ParquetFile(content.open_seekable(), memory_map=False)
    except (pa.ArrowException, OSError) as error:
        raise Refused("malformed", f"is a damaged Parquet file ({error})") from error
    schema = table.schema_arrow
    if not Columns(schema.names, content.options.mapping):
        names = ", ".join(schema.names[:12])
        raise Refused(
            "no_article", f"has no known text column ({names}); name its text column: --map body=COLUMN"
        )
    prefixed = _find_prefixed_columns(table.metadata)
    texts = [
        field.name
        for field in schema
        if (pa.types.is_string(field.type) or pa.types.is_large_string(field.type))
        and field.name not in prefixed
    ]
    huge = _find_huge_columns(table.metadata, content.limits)
    kept = [name for name in schema.names if name not in huge]
    if not Columns(kept, content.options.mapping):
        raise Refused(
            "too_long", f"has texts longer than the limit of {content.limits.characters:,} characters"
        )
    # One long value may fill all rows, so values are stored separately from the rows.
    table = parquet.ParquetFile(content.open_seekable(), read_dictionary=texts)
    number = 0
    for batch in table.iter_batches(batch_size=_AT_ONCE, columns=kept):
        for place in range(batch.num_rows):
            number += 1
            row = [_read_parquet_cell(column[place], content.limits) for column in batch.columns]
            yield read_row(_name_cells(batch.schema.names, row), content, f"row {number}")


def _find_huge_columns(metadata: Any, limits: Limits) -> set[str]:
    """Return the columns whose average value is longer than the limit on an article; does not read their cells."""
    found = set()
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            if column.total_uncompressed_size > 4 * limits.characters * max(column.num_values, 1):
                found.add(column.path_in_schema.split(".")[0])
    return found


def _find_prefixed_columns(metadata: Any) -> set[str]:
    """Return the columns whose values are stored as differences from the value before (DELTA_BYTE_ARRAY).

    PyArrow 26 cannot store their values separately from the rows.
    """
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    columns = (group.column(number) for group in groups for number in range(group.num_columns))
    return {column.path_in_schema for column in columns if "DELTA_BYTE_ARRAY" in column.encodings}


def _read_parquet_cell(cell: Any, limits: Limits) -> Any:
    """Return the value of a cell, with times in microseconds; None for a huge list or a time beyond the calendar."""
    import pyarrow as pa

    if isinstance(cell, pa.ListScalar) and cell.is_valid and cell.values.nbytes > 4 * limits.characters:
        return None
    try:
        return cell.as_py()
    except (ValueError, OverflowError, TypeError, pa.ArrowException):
        pass
    try:
        return cell.cast(pa.timestamp("us", getattr(cell.type, "tz", None)), safe=False).as_py()
    except (ValueError, OverflowError, TypeError, pa.ArrowException):
        return None


PARQUET = Format(
    "parquet", "Parquet: columns as in csv", "articles.parquet", recognises_parquet, read_parquet, True
)
