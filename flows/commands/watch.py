"""`onrecord watch`: ingest new files in folders as they arrive, and print one line per run, until stopped."""

from __future__ import annotations

import os
import signal
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.common import USAGE, WarehouseOption, fail, read_settings, require_checks

if TYPE_CHECKING:
    from flows.settings import Settings

REST = 2.0


def watch(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", exists=True, help="Folders, with their subfolders, or files."),
    ],
    warehouse: WarehouseOption = None,
    rest: Annotated[
        float,
        typer.Option(min=0.1, metavar="SECONDS", help="Start a run once no file has arrived for this long."),
    ] = REST,
    emit: Annotated[
        bool,
        typer.Option(
            "--emit",
            help="Instead of running here, send an event that starts the deployed flow with the deployment's paths.",
        ),
    ] = False,
) -> None:
    """Ingest the files in folders, then new ones as they arrive."""
    from flows.planted import require_none_planted

    settings = read_settings({"warehouse": warehouse})
    require_checks(settings)
    require_none_planted(list(map(os.fspath, paths)), settings)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _watch(paths, settings, rest, emit=emit)
    except KeyboardInterrupt:
        _print_line("ended")


def _watch(folders: list[Path], settings: Settings, rest: float, *, emit: bool) -> None:
    from flows.prefect.server import configured_api, prepare_prefect
    from flows.prefect.watch import emit_arrival, follow, run_ingest

    def ingest_arrived(paths: list[str]) -> bool:
        is_done, line = emit_arrival(paths, folders) if emit else run_ingest(paths, settings.warehouse)
        _print_line(line)
        return is_done

    if emit and not configured_api():
        fail("--emit needs the server that the flows are deployed to: set PREFECT_API_URL", USAGE)
    prepare_prefect(settings.state)
    _print_line(f"watching {', '.join(map(os.fspath, folders))}")
    follow(folders, ingest_arrived, rest=rest, without=settings.outputs)


def _print_line(line: str) -> None:
    from flows.display.summary import plain

    print(f"{datetime.now():%Y-%m-%d %H:%M:%S} {plain(line)}", flush=True)
