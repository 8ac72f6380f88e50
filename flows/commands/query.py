"""`onrecord sql`: a query in, its answer out. The warehouse is opened read-only."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from flows.commands.common import UNAVAILABLE, USAGE, WarehouseOption, fail, read_settings

VersionOption = Annotated[
    int | None, typer.Option("--version", min=1, metavar="N", help="The warehouse as it was in version N.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DAY", help="The warehouse as it was on a day or at a moment (UTC)."),
]


def pick_version(warehouse: Path, version: int | None, as_of: str | None) -> int | None:
    """The version that the options mean; None for the latest."""
    from warehouse.versions import find_version

    if as_of is None:
        return version
    if version is not None:
        fail("--version and --as-of exclude each other", USAGE)
    try:
        moment = date.fromisoformat(as_of) if len(as_of) <= 10 else datetime.fromisoformat(as_of)
    except ValueError:
        fail(f"--as-of {as_of}: not a day or moment like 2024-05-03 or 2024-05-03T08:00", USAGE)
    return find_version(warehouse, moment)


def sql(
    query: Annotated[
        str, typer.Argument(metavar="SQL", help="One or more statements; - reads them from standard input.")
    ],
    warehouse: WarehouseOption = None,
    form: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="How to print.")
    ] = "table",
    version: VersionOption = None,
    as_of: AsOfOption = None,
    rows: Annotated[int, typer.Option(min=1, metavar="N", help="Rows of a table that are shown.")] = 100,
) -> None:
    """Ask the warehouse in SQL. It is opened read-only."""
    from flows.sql import print_answer
    from warehouse.ask import QueryError, ask
    from warehouse.connect import WarehouseError
    from warehouse.versions import VersionError

    settings = read_settings({"warehouse": warehouse} if warehouse else {})
    console = Console()
    try:
        version = pick_version(settings.warehouse, version, as_of)
        for answer in ask(settings.warehouse, sys.stdin.read() if query == "-" else query, version):
            print_answer(answer, form, rows=rows, console=console, out=sys.stdout)
    except (QueryError, VersionError) as error:
        fail(str(error), USAGE)
    except WarehouseError as error:
        fail(str(error), UNAVAILABLE)
    except BrokenPipeError:  # `onrecord sql ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
