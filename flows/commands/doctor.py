"""`onrecord doctor`: whether all that a run needs is there, and what to do where it is not."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from flows.commands.common import WarehouseOption, read_settings


def doctor(
    warehouse: WarehouseOption = None,
    security: Annotated[
        bool, typer.Option("--security", help="What is open to others on this machine, instead.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a finding.")] = False,
) -> None:
    """Look at versions, model, places, lock, server, schedule and the last run. Exit code 1 when something is wrong."""
    from flows.doctor import examine
    from flows.security import examine_security
    from flows.summary import plain
    from warehouse.export.rows import escape_controls

    settings = read_settings({"warehouse": warehouse} if warehouse else {})
    is_well, console = True, Console()
    for finding in (examine_security if security else examine)(settings):
        is_well = is_well and finding.is_well
        if as_json:
            told = asdict(finding) | {"is_well": finding.is_well}
            print(escape_controls(json.dumps(told, ensure_ascii=False)))
            continue
        mark = ("✓ ", "green") if finding.is_well else ("✗ ", "bold red")
        console.print(
            Text.assemble(mark, (f"{finding.what:<12}", "dim"), plain(finding.found)), soft_wrap=True
        )
        if finding.advice:
            console.print(Text(f"              → {plain(finding.advice)}"), soft_wrap=True)
    raise typer.Exit(0 if is_well else 1)
