"""`onrecord doctor`: check whether a run has everything it needs, and say what to do if not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from flows.commands.common import WarehouseOption

if TYPE_CHECKING:
    from flows.doctor.finding import Finding


def doctor(
    warehouse: WarehouseOption = None,
    security: Annotated[
        bool, typer.Option("--security", help="Instead, list what other users can access.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per finding.")] = False,
) -> None:
    """Find out what is wrong and what to do. The exit code is 1 if anything is wrong."""
    from flows.display.summary import plain
    from warehouse.export.export_rows import escape_controls

    is_well, console = True, Console()
    for finding in _examine(warehouse, security=security):
        is_well = is_well and finding.is_well
        if as_json:
            entry = asdict(finding) | {"is_well": finding.is_well}
            print(escape_controls(json.dumps(entry, ensure_ascii=False)))
            continue
        mark = ("✓ ", "green") if finding.is_well else ("✗ ", "bold red")
        console.print(
            Text.assemble(mark, (f"{finding.what:<12}", "dim"), plain(finding.found)), soft_wrap=True
        )
        if finding.advice:
            console.print(Text(f"              → {plain(finding.advice)}"), soft_wrap=True)
    raise typer.Exit(0 if is_well else 1)


def _examine(warehouse: Path | None, *, security: bool) -> Iterator[Finding]:
    """Yield all findings; if the settings are invalid, examine the default settings instead."""
    from flows.doctor.exposure import examine_security
    from flows.doctor.finding import Finding
    from flows.doctor.installation import examine
    from flows.provenance import SettingsError
    from flows.settings import load_defaults, load_settings

    examination = examine_security if security else examine
    try:
        yield from examination(load_settings({"warehouse": warehouse} if warehouse else {}))
    except SettingsError as error:
        yield Finding(
            "settings",
            str(error),
            "correct it; until you do, no run can start, and the findings below are for the default settings",
        )
        yield from (
            finding for finding in examination(load_defaults(warehouse)) if finding.what != "settings"
        )
