"""`onrecord export`: write a warehouse as files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.commands.answering import AsOfOption, RawOption, VersionOption, pick_version
from flows.commands.common import USAGE, WarehouseOption, fail, read_settings

Form = Literal["parquet", "csv", "graphml", "jsonld", "xlsx"]
BY_SUFFIX: dict[str, Form] = {".graphml": "graphml", ".jsonld": "jsonld", ".xlsx": "xlsx", "": "parquet"}


def export(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="New folder for Parquet or CSV; new file for other formats.")
    ],
    form: Annotated[
        Form | None,
        typer.Option(
            "--format",
            metavar="FORM",
            help="parquet, csv, graphml, jsonld, xlsx.",
            show_default="by OUT's extension",
        ),
    ] = None,
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
    as_of: AsOfOption = None,
    raw: RawOption = False,
) -> None:
    """Write the warehouse as files for other tools."""
    from warehouse.export import export as write

    chosen = form or BY_SUFFIX.get(out.suffix)
    if chosen is None:
        fail(f"{out}: name a format with --format", USAGE)
    path = read_settings({"warehouse": warehouse}).warehouse
    print(write(path, chosen, out, pick_version(path, version, as_of), raw=raw))
