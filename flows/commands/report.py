"""`onrecord report`: write the HTML report on the published warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.common import WarehouseOption, read_settings


def report(
    warehouse: WarehouseOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="File to write.", show_default="report/index.html next to the warehouse"
        ),
    ] = None,
) -> None:
    """Write the HTML report again."""
    from report.page import render_report

    settings = read_settings({"warehouse": warehouse})
    print(render_report(settings.warehouse, out or settings.report, settings.watchlist_file))
