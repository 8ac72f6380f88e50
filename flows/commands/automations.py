"""`onrecord automations`: let a Prefect server react to runs that are late, lost, failed or stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.common import USAGE, fail

SILENCE = 600.0


def automations(
    notify: Annotated[
        str | None,
        typer.Option("--notify", metavar="BLOCK", help="Send notifications to this Prefect block."),
    ] = None,
    silence: Annotated[
        float,
        typer.Option(
            min=60, metavar="SECONDS", help="A run without a heartbeat for this long counts as crashed."
        ),
    ] = SILENCE,
    off: Annotated[bool, typer.Option("--off", help="Remove all automations.")] = False,
) -> None:
    """Let a Prefect server react when runs go wrong."""
    from flows.prefect.server import configured_api

    if not configured_api():
        fail("automations need a Prefect server: set PREFECT_API_URL to its address", USAGE)
    from flows.prefect.automations import switch_off, switch_on

    if off:
        for name in switch_off():
            print(f"removed  {name}")
        return
    for name in switch_on(silence, notify).on:
        print(f"on  {name}")
    if not notify:
        print(
            "nobody is notified of late, failed or stopped runs: name a Prefect notification block with --notify, "
            "such as slack-webhook/news"
        )
