"""`onrecord settings`: list each setting with its value and origin."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.commands.common import USAGE, WarehouseOption, fail, read_settings


def settings(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Show only this setting.")] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Show only settings that are not the default.")
    ] = False,
    warehouse: WarehouseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per setting.")] = False,
) -> None:
    """List the settings, their values and where they come from."""
    from flows.display.summary import plain
    from flows.settings import trace_settings

    given = {"warehouse": warehouse} if warehouse else {}
    found = trace_settings(read_settings(given), given)
    if name is not None:
        wanted = name.lower().removeprefix("onrecord_")
        found = [one for one in found if one.name == wanted]
        if not found:
            fail(f"there is no setting {name}; onrecord settings lists them all", USAGE)
    found = [one for one in found if not changed or one.origin != "default"]
    if as_json:
        for one in found:
            print(json.dumps({"name": one.name, "value": one.value, "origin": one.origin}))
        return
    table = Table("setting", "value", "from", box=None, pad_edge=False, header_style="bold")
    for one in found:
        style = "dim" if one.origin == "default" else ""
        table.add_row(
            *(Text(plain(text), style, overflow="fold") for text in (one.name, one.value, one.origin))
        )
    Console().print(table)
