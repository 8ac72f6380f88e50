"""What the commands that answer questions share: their options, and the way of an answer to the terminal or a file."""

from __future__ import annotations

import os
import sys
from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from flows.commands.common import UNAVAILABLE, USAGE, fail, read_settings

if TYPE_CHECKING:
    from warehouse.query.ask import Answer, Bounds

Form = Literal["table", "csv", "json", "parquet", "markdown"]
FormOption = Annotated[Form, typer.Option("--format", help="How to write it.")]
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="Into a file, not to standard output.")
]
RawOption = Annotated[
    bool,
    typer.Option("--raw", help="CSV with texts as they are, also those that a spreadsheet would run."),
]
RowsOption = Annotated[int, typer.Option(min=1, metavar="N", help="Rows of a table that are shown.")]
VersionOption = Annotated[
    int | None, typer.Option("--version", min=1, metavar="N", help="The warehouse as it was in version N.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DAY", help="The warehouse as it was on a day or at a moment (UTC)."),
]


@contextmanager
def answering(
    warehouse: Path | None, form: Form, out: Path | None, rows: int, *, raw: bool = False
) -> Iterator[tuple[Path, Callable[[Answer], None]]]:
    """The path of the warehouse, and what shows an answer; errors become a message and an exit code."""
    from warehouse.files.connect import RequestError, WarehouseError

    path = read_settings({"warehouse": warehouse} if warehouse else {}).warehouse
    try:
        with ExitStack() as stack:
            yield path, _shower(stack, form, out, rows, raw)
    except RequestError as error:
        fail(str(error), USAGE)
    except WarehouseError as error:
        fail(str(error), UNAVAILABLE)
    except BrokenPipeError:  # `onrecord sql ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _shower(stack: ExitStack, form: Form, out: Path | None, rows: int, raw: bool) -> Callable[[Answer], None]:
    from rich.console import Console

    from flows.display.answers import print_table, write_answer

    if form == "parquet" and out is None and sys.stdout.isatty():
        fail("Parquet is not for the terminal; name a file with --out", USAGE)
    binary = stack.enter_context(_open_out(out)) if out else sys.stdout.buffer
    if form != "table":
        return lambda answer: write_answer(answer, form, binary, raw=raw)
    console = Console(file=TextIOWrapper(binary, encoding="utf-8"), width=120) if out else Console()
    return lambda answer: print_table(answer, rows, console)


def _open_out(out: Path) -> BinaryIO:
    try:
        return out.open("wb")
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}", USAGE)


def read_bounds() -> Bounds:
    """The memory and the time that the settings grant a question."""
    from warehouse.query.ask import Bounds

    settings = read_settings({})
    return Bounds(settings.query_memory, settings.query_seconds or None)


def pick_version(warehouse: Path, version: int | None, as_of: str | None) -> int | None:
    """The version that the options mean; None for the latest."""
    from warehouse.query.versions import find_version

    if as_of is None:
        return version
    if version is not None:
        fail("--version and --as-of exclude each other", USAGE)
    return find_version(warehouse, end_of(as_of))


def end_of(as_of: str) -> datetime:
    """The last moment of a day, or the moment; UTC unless it says otherwise."""
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        fail(f"--as-of {as_of}: not a day or moment like 2024-05-03 or 2024-05-03T08:00", USAGE)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment + timedelta(days=1, microseconds=-1) if len(as_of) <= 10 else moment


def read_days(text: str, option: str) -> tuple[date, date]:
    """The first and the last day of what `2019`, `2019-05` or `2019-05-03` name."""
    parts = text.split("-")
    try:
        year, month, day = (int(part) for part in (*parts, "1", "1")[:3])
        first = date(year, month, day)
    except ValueError:
        fail(f"{option} {text}: not a day, month or year like 2019-05-03, 2019-05 or 2019", USAGE)
    if len(parts) == 1:
        return first, date(year, 12, 31)
    if len(parts) == 2:
        return first, date(year, month, monthrange(year, month)[1])
    return first, first
