"""`onrecord sql`: a query in, its answer out. The warehouse is opened read-only."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Literal

import typer
from rich.console import Console

from flows.commands.common import UNAVAILABLE, USAGE, WarehouseOption, fail, read_settings


def sql(
    query: Annotated[
        str, typer.Argument(metavar="SQL", help="One or more statements; - reads them from standard input.")
    ],
    warehouse: WarehouseOption = None,
    form: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="How to print.")
    ] = "table",
    rows: Annotated[int, typer.Option(min=1, metavar="N", help="Rows of a table that are shown.")] = 100,
) -> None:
    """Ask the warehouse in SQL. It is opened read-only."""
    from flows.sql import print_answer
    from warehouse.ask import QueryError, ask
    from warehouse.connect import WarehouseError

    settings = read_settings({"warehouse": warehouse} if warehouse else {})
    console = Console()
    try:
        for answer in ask(settings.warehouse, sys.stdin.read() if query == "-" else query):
            print_answer(answer, form, rows=rows, console=console, out=sys.stdout)
    except QueryError as error:
        fail(str(error), USAGE)
    except WarehouseError as error:
        fail(str(error), UNAVAILABLE)
    except BrokenPipeError:  # `onrecord sql ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
