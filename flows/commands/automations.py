"""`onrecord automations`: what a Prefect server does by itself when a run is late, lost, failed or stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.common import USAGE, fail

SILENCE = 600.0


def automations(
    notify: Annotated[
        str | None, typer.Option("--notify", metavar="BLOCK", help="Notify this block of trouble.")
    ] = None,
    silence: Annotated[
        float, typer.Option(min=60, metavar="SECONDS", help="Silence after which a run counts as crashed.")
    ] = SILENCE,
    off: Annotated[bool, typer.Option("--off", help="Remove them all.")] = False,
) -> None:
    """Switch on what a Prefect server does when runs go wrong."""
    from flows.prefect.server import configured_api

    if not configured_api():
        fail("automations are kept by a Prefect server: set PREFECT_API_URL to where it is", USAGE)
    from flows.prefect.automations import switch_off, switch_on

    if off:
        for name in switch_off():
            print(f"removed  {name}")
        return
    for name in switch_on(silence, notify).on:
        print(f"on  {name}")
    if not notify:
        print(
            "late, failed and stopped runs are not reported: name a block with --notify, such as slack-webhook/news"
        )
