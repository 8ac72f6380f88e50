"""`onrecord serve`: ingest sources on a schedule until stopped."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.common import USAGE, WarehouseOption, fail, read_settings, require_checks

if TYPE_CHECKING:
    from flows.settings import Settings

PORT = 4200


def serve(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH", help="Files, folders, globs or addresses."),
    ],
    cron: Annotated[
        str, typer.Option(metavar="CRON", help="Cron schedule: minute, hour, day, month, weekday.")
    ] = "0 * * * *",
    timezone: Annotated[
        str, typer.Option(metavar="ZONE", help="Time zone of the schedule, such as Europe/Amsterdam.")
    ] = "UTC",
    warehouse: WarehouseOption = None,
    port: Annotated[
        int,
        typer.Option(metavar="N", help="Port of Prefect's pages, unless PREFECT_API_URL is set."),
    ] = PORT,
) -> None:
    """Ingest on a schedule until Ctrl-C or SIGTERM."""
    from flows.planted import require_apart, require_none_planted
    from flows.sources.redact import redact

    settings = read_settings({"warehouse": warehouse})
    require_checks(settings)
    if any(redact(path) != path for path in paths):
        fail(
            "an address with a password cannot be scheduled: use a Prefect block, block://NAME",
            USAGE,
        )
    require_apart(paths)
    require_none_planted(paths, settings)
    os.environ["PYTHONSAFEPATH"] = "1"  # the processes of runs import nothing from the working folder
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "INFO")
    _serve(paths, settings, cron, timezone, port)


def _serve(paths: list[str], settings: Settings, cron: str, timezone: str, port: int) -> None:
    from pydantic import ValidationError

    from flows.prefect.serve import build_deployments, crash_lost_runs, serve_flows
    from flows.prefect.server import configured_api, key_file, use_server

    given = {"warehouse": str(settings.warehouse)}
    # Each run is its own process. The environment, not Prefect, sets what the run may read and where it writes.
    os.environ |= {"ONRECORD_SOURCES": json.dumps(paths), "ONRECORD_WAREHOUSE": str(settings.warehouse)}
    try:
        deployments = list(build_deployments(paths, given, cron=cron, timezone=timezone))
        is_ours = not configured_api()
        api = use_server(settings.state, port=port, services="all")
    except ValidationError as error:
        fail(error.errors()[0]["msg"].removeprefix("Value error, "), USAGE)
    if is_ours:
        crash_lost_runs()
    names = ", ".join(str(deployment.name) for deployment in deployments)
    key = f" (their key is in {key_file(settings.state)})" if is_ours else ""
    ready = f"serving {names}; pages: {api.removesuffix('/api')}{key}"
    serve_flows(deployments, lambda: print(ready, flush=True))
