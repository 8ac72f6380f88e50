"""Run the flows on a schedule in this process, until it is stopped.

This is for one machine without a worker; `prefect.yaml` has the same deployments for a server with workers.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from prefect import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType

from flows.audit import audit
from flows.ingest import ingest
from flows.maintain import maintain
from flows.rebuild import rebuild
from flows.withdraw import withdraw

FLOWS: dict[str | None, Any] = {flow.name: flow for flow in (ingest, rebuild, withdraw, audit, maintain)}
AUDIT, MAINTAIN = "0 4 * * 0", "30 4 * * 0"  # on Sundays


def build_deployments(
    paths: Sequence[str], settings: Mapping[str, Any], *, cron: str, timezone: str
) -> Iterator[RunnerDeployment]:
    """Yield one deployment per flow, with these `settings`; all other settings come from the environment.

    Raises pydantic.ValidationError for an invalid schedule or time zone.
    """
    first, second, third = (CronSchedule(cron=times, timezone=timezone) for times in (cron, AUDIT, MAINTAIN))
    given: dict[str, Any] = {"settings": dict(settings)}
    enqueue, give_up = ConcurrencyLimitStrategy.ENQUEUE, ConcurrencyLimitStrategy.CANCEL_NEW
    yield _deploy(ingest, given | {"paths": list(paths)}, first, enqueue)
    yield _deploy(rebuild, given, None, give_up)
    yield _deploy(withdraw, given, None, give_up)
    yield _deploy(audit, given, second, give_up)
    yield _deploy(maintain, given, third, give_up)


def _deploy(
    flow: Any, parameters: dict[str, Any], schedule: CronSchedule | None, when_busy: ConcurrencyLimitStrategy
) -> RunnerDeployment:
    deployment: RunnerDeployment = flow.to_deployment(
        flow.name,
        schedules=[schedule] if schedule else [],
        parameters=parameters,
        tags=["onrecord"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=when_busy),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return deployment


def serve_flows(deployments: Sequence[RunnerDeployment], announce_ready: Callable[[], None]) -> None:
    """Run due flows, one at a time, until SIGTERM or Ctrl-C; then pause the schedules.

    Calls `announce_ready` once the deployments are registered and can also be run by hand.
    """
    runner = Runner(limit=1)

    def end(*_: Any) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(lambda: loop.create_task(runner.astop()))

    # The runner's own handler does not wait until its runs have stopped, so they would stay `Running` forever.
    runner.handle_sigterm = end  # type: ignore[method-assign]
    signal.signal(signal.SIGINT, end)
    for deployment in deployments:
        _add(runner, deployment)
    announce_ready()
    asyncio.run(runner.start())


def _add(runner: Runner, deployment: RunnerDeployment) -> None:
    """Register a deployment with our flow. Without the flow, the runner would run any steps that the server names."""
    options = deployment.concurrency_options
    runner.add_flow(
        FLOWS[deployment.name],
        deployment.name,
        schedules=cast("list[DeploymentScheduleCreate]", deployment.schedules),
        parameters=deployment.parameters,
        tags=deployment.tags,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=options.collision_strategy)
        if options
        else 1,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def crash_lost_runs() -> int:
    """Mark as crashed all runs that Prefect still shows as running, for example after a power cut; return how many.

    Such a run would make the next runs wait. Call this only with a server that serves only this process.
    """
    busy = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
    served = FlowRunFilterDeploymentId(is_null_=False)
    wanted = FlowRunFilter(state=FlowRunFilterState(type=busy), deployment_id=served)
    with get_client(sync_client=True) as client:
        lost = client.read_flow_runs(flow_run_filter=wanted)
        for run in lost:
            client.set_flow_run_state(
                run.id, Crashed(message="the run's process ended with the machine"), force=True
            )
    return len(lost)
