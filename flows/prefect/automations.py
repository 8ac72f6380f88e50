"""Create automations on a Prefect server, which react when a run is late, lost, failed or stopped.

Creating them again replaces them, so a server has each of them only once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.automations import Automation
from prefect.blocks.core import Block
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from schema.errors import UsageError

OURS = ResourceSpecification({"prefect.resource.role": "tag", "prefect.resource.id": "prefect.tag.onrecord"})
RUNS = ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"})
WAREHOUSES = ResourceSpecification({"prefect.resource.id": "onrecord.warehouse.*"})
SIGN, ENDS = (
    "prefect.flow-run.heartbeat",
    ("Completed", "Failed", "Stopped", "Crashed", "Cancelled", "Cancelling"),
)
LOST = "onrecord: mark lost runs as crashed"
REPORTED = {  # name of the automation -> the event that it waits for, and the text that it sends
    "onrecord: report late runs": ("prefect.flow-run.Late", "{{ flow_run.name }} should have started, but has not."),
    "onrecord: report failed runs": ("prefect.flow-run.Failed", "{{ flow_run.name }}: {{ flow_run.state.message }}"),
    "onrecord: report crashed runs": ("prefect.flow-run.Crashed", "{{ flow_run.name }}: {{ flow_run.state.message }}"),
    "onrecord: report stopped runs": (
        "onrecord.stopped",
        "The checks stopped a run on {{ event.resource.name }}; nothing was published.",
    ),
}  # fmt: skip
FORMER = (  # names that older versions gave to the automations
    "onrecord: lost runs are crashed",
    *(f"onrecord: tell of {kind} runs" for kind in ("late", "failed", "crashed", "stopped")),
)


class AutomationError(UsageError):
    """The notification block cannot be used; the message says why."""


@dataclass(frozen=True)
class Made:
    """The names of the created automations, and the names of the removed automations."""

    on: list[str]
    off: list[str]


def switch_on(silence: float, block: str | None) -> Made:
    """Create the automations: mark runs as crashed after `silence` seconds without a heartbeat, and notify `block`."""
    wanted = [_crash_lost(silence)]
    if block:
        target = _find_block(block)
        wanted += [_notify(name, event, text, target) for name, (event, text) in REPORTED.items()]
    gone = switch_off()
    for automation in wanted:
        automation.create()
    return Made([automation.name for automation in wanted], gone)


def switch_off() -> list[str]:
    """Remove On Record's automations; returns their names."""
    gone = []
    for name in (LOST, *REPORTED, *FORMER):
        try:
            automation: Any = Automation.read(name=name)
        except ValueError:
            continue
        automation.delete()
        gone.append(name)
    return gone


def _crash_lost(silence: float) -> Automation:
    """The automation that marks a run without heartbeats as crashed, so that the next run can start."""
    trigger = EventTrigger(
        after={SIGN},
        expect={SIGN, *(f"prefect.flow-run.{end}" for end in ENDS)},
        match=RUNS,
        match_related=OURS,
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=silence),
    )
    message = f"no heartbeat for {silence:.0f} s: the run's process or machine has ended; the next run resumes this run"
    action = ChangeFlowRunState(state=StateType.CRASHED, name="Crashed", message=message, force=True)
    return Automation(name=LOST, trigger=trigger, actions=[action])


def _notify(name: str, event: str, text: str, block: UUID) -> Automation:
    is_run = event.startswith("prefect.")
    trigger = EventTrigger(
        expect={event},
        match=RUNS if is_run else WAREHOUSES,
        match_related=OURS if is_run else ResourceSpecification({}),
        posture=Posture.Reactive,
        threshold=1,
    )
    action = SendNotification(block_document_id=block, subject=name.partition(": ")[2], body=text)
    return Automation(name=name, trigger=trigger, actions=[action])


def _find_block(name: str) -> UUID:
    try:
        block: Any = Block.load(name)
    except ValueError as error:
        raise AutomationError(
            f"the server has no block {name}: create a notification block in Prefect's pages (Blocks), "
            "and give its type and name, such as slack-webhook/news"
        ) from error
    if not hasattr(block, "notify"):
        raise AutomationError(f"the Prefect block {name} cannot send notifications")
    found: UUID = block._block_document_id
    return found
