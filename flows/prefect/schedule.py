"""For `onrecord doctor`: check Prefect's server, and the schedule on which it ingests articles.

Importing Prefect creates its home folder. If there is none yet, a temporary folder is used instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from flows.doctor.finding import Finding
from flows.prefect.server import configured_api
from flows.sources.redact import redact

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

POOL = "onrecord"
LATE = timedelta(minutes=10)  # after this delay, a run that has not started counts as late


def find_server() -> Iterator[Finding]:
    """Report on Prefect's server, its version, and the schedule of the main job."""
    api = configured_api()
    if not api:
        yield Finding("server", "none configured: each run starts a temporary one")
        yield Finding("schedule", "none found; schedules of cron and onrecord serve are not visible here")
        return
    with _home_of_prefect():
        yield from _ask_server(api)


@contextmanager
def _home_of_prefect() -> Iterator[None]:
    if "PREFECT_HOME" in os.environ or (Path.home() / ".prefect").exists():
        yield
        return
    with TemporaryDirectory(prefix="onrecord-doctor-") as folder:
        os.environ["PREFECT_HOME"] = folder
        try:
            yield
        finally:
            del os.environ["PREFECT_HOME"]


def _ask_server(api: str) -> Iterator[Finding]:
    from prefect import __version__, get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: api}), get_client(sync_client=True) as client:
        if error := client.api_healthcheck():
            advice = "start it (prefect server start), or set PREFECT_API_URL to its address"
            yield Finding("server", f"{redact(api)} does not answer: {error}", advice)
            return
        theirs = client.api_version()
        is_same = theirs.split(".")[:2] == __version__.split(".")[:2]
        advice = "" if is_same else f"run the server with Prefect {__version__}, as this command does"
        yield Finding("server", f"{redact(api)} answers, Prefect {theirs}", advice)
        yield _find_schedule(client)


def _find_schedule(client: SyncPrefectClient) -> Finding:
    deployments = [made for made in client.read_deployments() if made.name == "ingest"]
    if not deployments:
        return Finding(
            "schedule",
            "the flow ingest is not deployed",
            "prefect --no-prompt deploy --all, or onrecord serve",
        )
    times = [
        _describe(schedule.schedule) for made in deployments for schedule in made.schedules if schedule.active
    ]
    if not times or all(made.paused for made in deployments):
        return Finding("schedule", "paused", "prefect deployment schedule resume, or start onrecord serve")
    found = "; ".join(times)
    if waiting := _find_late(client, deployments):
        found = f"{found}; {len(waiting)} waiting since {min(waiting):%Y-%m-%d %H:%M} UTC"
    ready = any(str(made.status).endswith("READY") for made in deployments)
    if not ready:
        return Finding(
            "schedule",
            found,
            f"no process runs it; start one with `prefect worker start --pool {POOL}` or `onrecord serve`",
        )
    advice = f"look at the worker: prefect work-pool inspect {POOL}, or restart onrecord serve"
    return Finding("schedule", found, advice if waiting else "")


def _find_late(client: SyncPrefectClient, deployments: list[Any]) -> list[datetime]:
    """The scheduled times of runs that are late."""
    from prefect.client.schemas.filters import (
        DeploymentFilter,
        DeploymentFilterId,
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType

    runs = client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[made.id for made in deployments])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
        ),
    )
    planned = [run.expected_start_time for run in runs if run.expected_start_time]
    return [moment for moment in planned if datetime.now(UTC) - moment > LATE]


def _describe(schedule: Any) -> str:
    times = getattr(schedule, "cron", None) or getattr(schedule, "interval", None) or schedule
    return f"{times} ({schedule.timezone or 'UTC'})"
