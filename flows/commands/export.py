"""`onrecord export`: a warehouse in, files for other tools out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.commands.answering import AsOfOption, RawOption, VersionOption, answering, pick_version
from flows.commands.common import USAGE, WarehouseOption, fail

Form = Literal["parquet", "csv", "graphml", "jsonld", "xlsx"]
BY_SUFFIX: dict[str, Form] = {".graphml": "graphml", ".jsonld": "jsonld", ".xlsx": "xlsx", "": "parquet"}


def export(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="A folder for Parquet or CSV, else a file; a new one.")
    ],
    form: Annotated[
        Form | None, typer.Option("--format", help="Default: by the name of OUT; a folder gets Parquet.")
    ] = None,
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
    as_of: AsOfOption = None,
    raw: RawOption = False,
) -> None:
    """Write the warehouse for other tools: tables with a dictionary, a network, linked data or a workbook."""
    from warehouse.export import export as write

    chosen = form or BY_SUFFIX.get(out.suffix)
    if chosen is None:
        fail(f"{out}: which --format?", USAGE)
    with answering(warehouse, "table", None, rows=1) as (path, _):
        print(write(path, chosen, out, pick_version(path, version, as_of), raw=raw))
