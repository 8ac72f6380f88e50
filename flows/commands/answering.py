"""Define the options of the commands that query, and write their answers to the terminal or a file."""

from __future__ import annotations

import os
import sys
from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from flows.commands.common import USAGE, fail, read_settings
from flows.commands.failures import is_read_only
from flows.display.forms import BINARY, BY_ENDING, FORMS, ONE_ANSWER, Form
from flows.display.quantities import count
from schema.errors import UNAVAILABLE

if TYPE_CHECKING:
    from polars import DataFrame

    from warehouse.query.ask import Answer, Bounds

FormOption = Annotated[
    Form | None,
    typer.Option("--format", metavar="FORM", help=f"{FORMS}.", show_default="by FILE's extension"),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Write to FILE; its extension sets the format."),
]
SinceOption = Annotated[
    str | None, typer.Option(metavar="DAY", help="Published on or after this day, month or year.")
]
UntilOption = Annotated[
    str | None, typer.Option(metavar="DAY", help="Published on or before this day, month or year.")
]
RawOption = Annotated[bool, typer.Option("--raw", help="CSV: do not escape texts that look like formulas.")]
BomOption = Annotated[bool, typer.Option("--bom", help="CSV: begin with the byte order mark for Excel.")]
RowsOption = Annotated[int, typer.Option(min=1, metavar="N", help="Show at most N rows of a table.")]
VersionOption = Annotated[int | None, typer.Option("--version", min=1, metavar="N", help="Use version N.")]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DAY", help="Use the version that was current on a day or at a time (UTC)."
    ),
]


@contextmanager
def answering(
    warehouse: Path | None,
    form: Form | None,
    out: Path | None,
    rows: int,
    *,
    raw: bool = False,
    bom: bool = False,
) -> Iterator[tuple[Path, Callable[[Answer], None]]]:
    """Yield the path of the warehouse and a function that shows an answer.

    The file `out` appears only when it is complete. Its number of rows is then printed, except for a device or a pipe.
    """
    from flows.last_resort import memory_watched

    settings = read_settings({"warehouse": warehouse})
    path = settings.warehouse
    written: list[int] = []
    with ExitStack() as stack:
        stack.enter_context(memory_watched(settings.query_memory))
        show = _open_shower(stack, choose_form(form, out), out, rows, raw=raw, bom=bom)
        yield path, lambda answer: show(_counted(answer, written))
    if out and out.is_file():
        print(f"{count(sum(written), 'row')} written to {out}")


def _counted(answer: Answer, rows: list[int]) -> Answer:
    """The same answer; each batch that is read appends its number of rows to `rows`."""

    def read() -> Iterator[DataFrame]:
        for batch in answer.batches:
            rows.append(batch.height)
            yield batch

    return replace(answer, batches=read())


def choose_form(form: Form | None, out: Path | None) -> Form:
    """Return the requested format; by default, the format for the file extension of `out`; without `out`, a table."""
    if form or out is None:
        return form or "table"
    found = BY_ENDING.get(out.suffix.lower())
    if found is None and out.suffix and out.exists() and not out.is_file():  # /dev/stdout, a pipe
        return "table"
    if found is None:
        fail(f"{out}: no format has this file extension; choose one with --format ({FORMS})", USAGE)
    return found


def _open_shower(
    stack: ExitStack, form: Form, out: Path | None, rows: int, *, raw: bool, bom: bool
) -> Callable[[Answer], None]:
    from rich.console import Console

    from flows.display.answers import print_table, write_answer, writing_workbook

    if form in BINARY and out is None and sys.stdout.isatty():
        fail(f"{form} cannot be shown in the terminal; name a file with --out", USAGE)
    binary = stack.enter_context(_written(out)) if out else sys.stdout.buffer
    if form == "xlsx":
        return stack.enter_context(writing_workbook(binary))
    if form == "table":
        console = Console(file=TextIOWrapper(binary, encoding="utf-8"), width=120) if out else Console()
        return lambda answer: print_table(answer, rows, console)
    shown = 0

    def show(answer: Answer) -> None:
        nonlocal shown
        shown += 1
        if shown > 1 and form in ONE_ANSWER:
            fail(
                f"{form} can hold only one answer; run one statement at a time, or choose jsonl or xlsx",
                USAGE,
            )
        write_answer(answer, form, binary, raw=raw, mark=bom and shown == 1)

    return show


@contextmanager
def _written(out: Path) -> Iterator[BinaryIO]:
    """Yield a temporary file; at the end of the block it replaces `out` or, if `out` is a link, the linked file."""
    out = out.resolve()  # as root, /dev/stdout itself would be replaced
    is_special = out.exists() and not out.is_file()
    from flows.last_resort import unfinished

    part = out if is_special else out.with_name(f".{out.name}.{os.getpid()}.part")
    if not is_special:
        unfinished.add(part)
    try:
        file = part.open("wb")
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}", UNAVAILABLE if is_read_only(error) else USAGE)
    try:
        with file:
            yield file
        if not is_special:
            part.replace(out)
    finally:
        if not is_special:
            part.unlink(missing_ok=True)
            unfinished.discard(part)


def read_bounds() -> Bounds:
    """Return the limits that the settings put on the memory and time of a query."""
    from flows.last_resort import end_command
    from flows.settings import load_settings
    from warehouse.query.ask import Bounds

    settings = load_settings({})
    return Bounds(settings.query_memory, settings.query_seconds or None, end_command)


def pick_version(warehouse: Path, version: int | None, as_of: str | None) -> int | None:
    """The version selected by the options; None means the latest."""
    from warehouse.query.versions import find_version

    if as_of is None:
        return version
    if version is not None:
        fail("give either --version or --as-of, not both", USAGE)
    return find_version(warehouse, end_of(as_of))


def end_of(as_of: str) -> datetime:
    """Return the moment in `as_of`, or the end of the day in it; both are in UTC unless `as_of` has a time zone."""
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        fail(f"--as-of {as_of}: not a day or time like 2024-05-03 or 2024-05-03T08:00", USAGE)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment + timedelta(days=1, microseconds=-1) if len(as_of) <= 10 else moment


def read_days(text: str, option: str) -> tuple[date, date]:
    """Return the first and last day of the year, month or day in `text`: `2019`, `2019-05` or `2019-05-03`."""
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
