"""`onrecord explore`: serve a warehouse to the browser until Ctrl-C."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from flows.commands.answering import VersionOption
from flows.commands.common import WarehouseOption, read_settings

PORT = 4280
MEMORY = "600MB"  # for the database, unless ONRECORD_QUERY_MEMORY is set; keeps the process under 1 GB


def explore(
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Address to listen on. If you change it, other machines can read everything.",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0 means any free port.")
    ] = PORT,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Show the warehouse in the browser."""
    from flows.correct import write_line
    from flows.explore import is_loopback, listening, serve_explorer

    settings = read_settings({"warehouse": warehouse})
    memory = settings.query_memory if "query_memory" in settings.model_fields_set else MEMORY
    with listening(host, port) as listener, suppress(KeyboardInterrupt):
        if not is_loopback(host):
            print(
                "Anyone who can reach this address can read the whole warehouse; there is no password.",
                flush=True,
            )
        serve_explorer(
            settings.warehouse, listener, version, memory,
            lambda cells: write_line(settings, cells)[0],
            lambda address: print(f"exploring {settings.warehouse} at {address}  (Ctrl-C ends it)", flush=True),
            watchlist=settings.watchlist_file, annotations=settings.annotations_file, opens_browser=browser,
        )  # fmt: skip
