"""The answer of a query on the terminal: a frame in; a table, records, CSV or JSON lines out.

Tables are for eyes: long text is cut, control characters become blanks. CSV and JSON are for programs: all
rows, whole and exact.
"""

from __future__ import annotations

import csv
import json
from typing import Any, Literal, TextIO

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.summary import plain

LONGEST_CELL = 300
PLEASANT_WIDTH = 24
GAP = 3


def print_answer(
    answer: pl.DataFrame,
    form: Literal["table", "csv", "json"],
    *,
    rows: int,
    console: Console,
    out: TextIO,
) -> None:
    """Print one answer: a table of at most `rows` rows on `console`, or all of it on `out`."""
    if form == "csv":
        _write_csv(answer, out)
    elif form == "json":
        out.writelines(json.dumps(row, default=str, ensure_ascii=False) + "\n" for row in answer.to_dicts())
    else:
        _print_table(answer, rows, console)


def _write_csv(answer: pl.DataFrame, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_flat(value) for value in row] for row in answer.iter_rows())


def _flat(value: Any) -> Any:
    """Lists and structs as JSON; CSV has no other place for them."""
    return json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, list | dict) else value


def _print_table(answer: pl.DataFrame, rows: int, console: Console) -> None:
    shown = answer.head(rows)
    if answer.columns:
        console.print(_grid(shown) if _space(shown) <= console.width else _records(shown))
    more = f", the first {rows:,} shown (--rows)" if answer.height > rows else ""
    console.print(Text(f"{answer.height:,} {'row' if answer.height == 1 else 'rows'}{more}", style="dim"))


def _space(answer: pl.DataFrame) -> int:
    """Characters that a row needs side by side, when wide columns are wrapped as far as is pleasant."""
    return sum(min(_width(column), PLEASANT_WIDTH) + GAP for column in answer)


def _width(column: pl.Series) -> int:
    return max([len(column.name), *(len(_cell(value)) for value in column)])


def _grid(answer: pl.DataFrame) -> Table:
    """One line of the table a row; only columns of long text are wrapped."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in answer:
        is_short = _width(column) <= PLEASANT_WIDTH
        justify: Literal["left", "right"] = "right" if column.dtype.is_numeric() else "left"
        table.add_column(Text(plain(column.name)), justify=justify, overflow="fold", no_wrap=is_short)
    for row in answer.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    return table


def _records(answer: pl.DataFrame) -> Table:
    """One line a value, for answers that are too wide for the terminal."""
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for row in answer.iter_rows(named=True):
        for name, value in row.items():
            table.add_row(Text(plain(name)), _cell(value))
        table.add_section()
    return table


def _cell(value: Any) -> Text:
    if value is None:
        return Text("null", style="dim")
    text = plain(_flat(value))
    return Text(text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…")
