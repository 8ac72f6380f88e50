"""Write the answer of a query as a table, records, Markdown, CSV, JSON, JSON Lines, Parquet or XLSX.

Tables are for people: long text is cut, and control characters become spaces. The other formats are for programs and
have all rows, written as they arrive. In CSV, an apostrophe is put before texts that look like formulas, and control
characters become spaces; the other formats keep all values.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, BinaryIO, Literal, TextIO

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.display import quantities
from flows.display.forms import Form
from flows.display.summary import plain
from warehouse.export.export_rows import escape_controls, inert
from warehouse.query.ask import Answer

BOM = "\ufeff"
LONGEST_CELL = 300
PLEASANT_WIDTH = 24
GAP = 3
# Begins a column, code, link, image, element, entity or emphasis in Markdown.
MARKUP = re.compile(r"[\\|`\[<*]|&(?=#?\w+;)")


def print_table(answer: Answer, rows: int, console: Console) -> None:
    """Print at most `rows` rows as a table, and the total number of rows."""
    shown, count = answer.head, 0
    for batch in answer.batches:
        shown = shown.vstack(batch.head(rows - shown.height))
        count += batch.height
    if shown.columns:
        console.print(_grid(shown) if _space(shown) <= console.width else _records(shown))
    more = f", the first {rows:,} shown (--rows)" if count > rows else ""
    console.print(Text(f"{quantities.count(count, 'row')}{more}", style="dim"))


def write_answer(answer: Answer, form: Form, out: BinaryIO, *, raw: bool = False, mark: bool = False) -> None:
    """Write all rows of one answer to `out` as they arrive.

    With `raw`, texts in CSV that look like formulas are not escaped. With `mark`, CSV begins with the byte order mark
    by which Excel recognises UTF-8.
    """
    if form == "parquet":
        _write_parquet(answer, out)
        return
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writers: dict[str, Callable[[Answer, TextIO], None]] = {
        "csv": partial(_write_csv, raw=raw, mark=mark), "json": _write_json, "jsonl": _write_json_lines,
        "md": _write_markdown, "markdown": _write_markdown,
    }  # fmt: skip
    try:
        writers[form](answer, text)
    finally:
        text.detach()


@contextmanager
def writing_workbook(out: BinaryIO) -> Iterator[Callable[[Answer], None]]:
    """Yield a function that adds an answer to a workbook as a sheet; the workbook is complete after the block."""
    from warehouse.export.workbook import add_sheet, open_workbook

    with open_workbook(out) as book:

        def write(answer: Answer) -> None:
            number = len(book.worksheets()) + 1
            name, columns = "Answer" if number == 1 else f"Answer {number}", answer.head.columns
            add_sheet(
                book,
                name,
                columns,
                (dict(zip(columns, map(_flat, row), strict=True)) for row in _rows(answer)),
            )

        yield write


def _rows(answer: Answer) -> Iterator[tuple[Any, ...]]:
    for batch in answer.batches:
        yield from batch.iter_rows()


def _write_parquet(answer: Answer, out: BinaryIO) -> None:
    import pyarrow.parquet as parquet

    with parquet.ParquetWriter(out, answer.head.to_arrow().schema, compression="zstd") as writer:
        for batch in answer.batches:
            writer.write_table(batch.to_arrow())


def _write_csv(answer: Answer, out: TextIO, *, raw: bool, mark: bool) -> None:
    out.write(BOM if mark else "")
    writer = csv.writer(out, lineterminator="\n")
    cell = _flat if raw else lambda value: inert(_flat(value))
    writer.writerow(map(cell, answer.head.columns))
    writer.writerows(map(cell, row) for row in _rows(answer))


def _write_json(answer: Answer, out: TextIO) -> None:
    """Write one array with an object per row, each on its own line."""
    begin = "["
    for record in _json_records(answer):
        out.write(f"{begin}\n{record}")
        begin = ","
    out.write("[]\n" if begin == "[" else "\n]\n")


def _write_json_lines(answer: Answer, out: TextIO) -> None:
    out.writelines(f"{record}\n" for record in _json_records(answer))


def _json_records(answer: Answer) -> Iterator[str]:
    names = answer.head.columns
    for row in _rows(answer):
        record = _without_nan(dict(zip(names, row, strict=True)))
        yield escape_controls(json.dumps(record, default=str, ensure_ascii=False))


def _without_nan(value: Any) -> Any:
    """The value, with None in place of infinity and NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {name: _without_nan(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write_markdown(answer: Answer, out: TextIO) -> None:
    numeric = [dtype.is_numeric() for dtype in answer.head.dtypes]
    out.write(_markdown_row(answer.head.columns))
    out.write(_markdown_row("---:" if is_number else "---" for is_number in numeric))
    out.writelines(_markdown_row(map(_flat, row)) for row in _rows(answer))


def _markdown_row(cells: Iterable[Any]) -> str:
    texts = ("" if cell is None else MARKUP.sub(r"\\\g<0>", plain(cell)) for cell in cells)
    return f"| {' | '.join(texts)} |\n"


def _flat(value: Any) -> Any:
    """Return the value; a list or struct becomes JSON text, because CSV has no nested values."""
    return json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, list | dict) else value


def _space(answer: pl.DataFrame) -> int:
    """Width of the table in characters, if wide columns wrap at PLEASANT_WIDTH."""
    return sum(min(_width(column), PLEASANT_WIDTH) + GAP for column in answer)


def _width(column: pl.Series) -> int:
    return max([len(column.name), *(len(_cell(value)) for value in column)])


def _grid(answer: pl.DataFrame) -> Table:
    """A table with one line per row; only columns of long text wrap."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in answer:
        is_short = _width(column) <= PLEASANT_WIDTH
        justify: Literal["left", "right"] = "right" if column.dtype.is_numeric() else "left"
        table.add_column(Text(plain(column.name)), justify=justify, overflow="fold", no_wrap=is_short)
    for row in answer.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    return table


def _records(answer: pl.DataFrame) -> Table:
    """A table with one line per value, for answers too wide for the terminal."""
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for row in answer.iter_rows(named=True):
        for name, value in row.items():
            table.add_row(Text(plain(name)), _cell(value))
        table.add_section()
    return table


def _rounded(value: float) -> str:
    """Format a number for people: with four decimals or, if it is very small, with four significant digits."""
    if 0 < abs(value) < 0.001 or not math.isfinite(value):
        return f"{value:.4g}"
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _cell(value: Any) -> Text:
    if value is None:
        return Text("null", style="dim")
    text = plain(_rounded(value) if isinstance(value, float) else _flat(value))
    return Text(text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…")
