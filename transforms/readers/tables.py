"""Tables: CSV, TSV and the like, Excel and Parquet; each row is one article, told by the usual names of columns.

Rows are read one by one: a table may be larger than the memory.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from transforms.readers.article import build_record
from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.limits import Options, Refused
from transforms.readers.names import Columns, read_object
from transforms.readers.office import require_small, zip_members
from transforms.readers.records import Record, Reject

_DELIMITERS = (",", "\t", ";", "|")
_BROKEN = re.compile("[\udc80-\udcff]")
_TOP_ROWS = 10  # rows of a sheet in which the names of the columns are looked for
_AT_ONCE = 64  # rows of a Parquet file


# --- CSV ------------------------------------------------------------------------------------------------------


def recognises_csv(content: Content) -> bool:
    """Whether the first line names at least two columns, one of which holds a text."""
    return _find_delimiter(content) is not None


def _find_delimiter(content: Content) -> str | None:
    head = content.head.decode(content.encoding, "replace").lstrip("\ufeff")
    first = head.splitlines()[0] if head.strip() else ""
    if len(first) > 10_000 or "\n" not in head.replace("\r", "\n"):
        return None
    for delimiter in _DELIMITERS:
        names = next(csv.reader([first], delimiter=delimiter), [])
        if (
            len(names) > 1
            and all(len(name) <= 60 for name in names)
            and Columns(names, content.options.mapping)
        ):
            return delimiter
    return None


def read_csv(content: Content) -> Iterator[Record | Reject]:
    """The article in each row; cells may hold line ends, where they are quoted."""
    delimiter = _find_delimiter(content) or ","
    lines = io.TextIOWrapper(content.open(), content.encoding, "surrogateescape", newline="")
    csv.field_size_limit(max(131_072, 4 * content.limits.characters))
    rows = csv.reader(_bounded(lines, content), delimiter=delimiter)
    names = [name.lstrip("\ufeff").strip() for name in next(rows)]
    number = 1
    while True:
        number += 1
        place = f"row {number}"
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Reject(None, "malformed", f"is no row of the table ({error})", place)
            continue
        if row:
            yield _read_cells(names, row, content.options, place)


def _bounded(lines: io.TextIOWrapper, content: Content) -> Iterator[str]:
    """The lines of a file, none of them of a gigabyte."""
    most = 8 * content.limits.characters
    while line := lines.readline(most + 1):
        if len(line) > most:
            raise Refused("too_long", f"has a line of more than {most:,} characters")
        yield line


def _read_cells(names: list[str], row: list[str], options: Options, place: str) -> Record | Reject:
    """A row whose cells are as many as the names; more or less of them and the cells stand under wrong names."""
    if len(row) > len(names):
        problem = f"has {len(row)} cells under {len(names)} names: is a quotation mark missing?"
        return Reject(None, "malformed", problem, place, json.dumps(row)[: options.limits.payload_characters])
    if any(_BROKEN.search(cell) for cell in row):
        return Reject(None, "undecodable", "has bytes that are not in the encoding of the table", place)
    return read_row(dict(zip(names, row, strict=False)), options, place)


def read_row(row: dict[str, Any], options: Options, place: str) -> Record | Reject:
    """The article in one row."""
    text, values, extra = read_object(row, options.mapping)
    return build_record(text, values, extra=extra, place=place)


CSV = Format(
    "csv",
    "tables with commas, tabs, semicolons or bars; columns by their usual names or --map; the others go to `extra`",
    "articles.csv --map body=FullText",
    recognises_csv,
    read_csv,
    streams=True,
)


# --- Excel ----------------------------------------------------------------------------------------------------


def recognises_xlsx(content: Content) -> bool:
    return "xl/workbook.xml" in zip_members(content)


def read_xlsx(content: Content) -> Iterator[Record | Reject]:
    """The rows of all sheets that have a column for the text; sheets without one are rejected."""
    from openpyxl import load_workbook

    require_small(content)
    try:
        book = load_workbook(content.open_seekable(), read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise Refused("malformed", f"is a damaged Excel file ({error})") from error
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file says of its size may be a lie
        yield from _read_sheet(sheet.iter_rows(values_only=True), str(sheet.title), content.options)


def _read_sheet(rows: Iterable[tuple[Any, ...]], title: str, options: Options) -> Iterator[Record | Reject]:
    names: list[str] = []
    is_filled = False
    for number, row in enumerate(rows, 1):
        is_filled = is_filled or any(cell is not None for cell in row)
        if names:
            if any(cell is not None for cell in row):
                yield read_row(_name_cells(names, row), options, f"sheet {title} > row {number}")
        elif number > _TOP_ROWS:
            break
        elif Columns([str(cell) for cell in row if cell is not None], options.mapping):
            names = ["" if cell is None else str(cell).strip() for cell in row]
    if is_filled and not names:
        problem = "has no column of texts; name it: --map body=..."
        yield Reject(None, "no_article", problem, f"sheet {title}")


def _name_cells(names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
    """A row by the names of its columns; times become text."""
    return {name: _name_time(cell) for name, cell in zip(names, row, strict=False) if name}


def _name_time(cell: Any) -> Any:
    """Days and times as text. A day in a sheet is one at midnight: it has no time."""
    if isinstance(cell, datetime) and cell.tzinfo is None and cell.time() == time.min:
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else cell


XLSX = Format("xlsx", "Excel: all sheets, columns as in csv", "articles.xlsx", recognises_xlsx, read_xlsx)


# --- Parquet --------------------------------------------------------------------------------------------------


def recognises_parquet(content: Content) -> bool:
    return content.head.startswith(b"PAR1")


def read_parquet(content: Content) -> Iterator[Record | Reject]:
    """The article in each row, a few rows at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(content.open_seekable(), memory_map=False)
    except (pa.ArrowException, OSError) as error:
        raise Refused("malformed", f"is a damaged Parquet file ({error})") from error
    schema = table.schema_arrow
    if not Columns(schema.names, content.options.mapping):
        names = ", ".join(schema.names[:12])
        raise Refused("no_article", f"has no column of texts ({names}); name it: --map body=...")
    texts = [
        field.name
        for field in schema
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ]
    table = parquet.ParquetFile(
        content.open_seekable(), read_dictionary=texts
    )  # one long value may fill all rows
    number = 0
    for batch in table.iter_batches(batch_size=_AT_ONCE):
        for place in range(batch.num_rows):
            number += 1
            row = {name: batch.column(index)[place].as_py() for index, name in enumerate(batch.schema.names)}
            yield read_row(_name_cells(list(row), tuple(row.values())), content.options, f"row {number}")


PARQUET = Format(
    "parquet", "Parquet: columns as in csv", "articles.parquet", recognises_parquet, read_parquet, True
)
