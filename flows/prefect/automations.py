"""A Prefect server -> the automations of the product there: what it does by itself when a run is late, lost or stopped.

Made again, they are replaced: a server has each of them once.
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
LOST = "onrecord: lost runs are crashed"
TOLD = {  # the name of an automation, what it waits for, and the text that is sent
    "onrecord: tell of late runs": ("prefect.flow-run.Late", "{{ flow_run.name }} should have begun and has not."),
    "onrecord: tell of failed runs": ("prefect.flow-run.Failed", "{{ flow_run.name }}: {{ flow_run.state.message }}"),
    "onrecord: tell of crashed runs": ("prefect.flow-run.Crashed", "{{ flow_run.name }}: {{ flow_run.state.message }}"),
    "onrecord: tell of stopped runs": (
        "onrecord.stopped",
        "The checks stopped a run on {{ event.resource.name }}; nothing was published.",
    ),
}  # fmt: skip


class AutomationError(UsageError):
    """The notification block cannot be used; the text says why."""


@dataclass(frozen=True)
class Made:
    """The names of the automations that are on, and of those that went."""

    on: list[str]
    off: list[str]


def switch_on(silence: float, block: str | None) -> Made:
    """Have the server crash runs of which nothing was heard for `silence` seconds, and tell `block` of trouble."""
    wanted = [_crash_lost(silence)]
    if block:
        target = _find_block(block)
        wanted += [_notify(name, event, text, target) for name, (event, text) in TOLD.items()]
    gone = switch_off()
    for made in wanted:
        made.create()
    return Made([made.name for made in wanted], gone)


def switch_off() -> list[str]:
    """Remove all of ours; the names of those that were there."""
    gone = []
    for name in (LOST, *TOLD):
        try:
            there: Any = Automation.read(name=name)
        except ValueError:
            continue
        there.delete()
        gone.append(name)
    return gone


def _crash_lost(silence: float) -> Automation:
    """A run whose worker or machine was killed says nothing more: it is over, and the next one may start."""
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
    message = f"nothing was heard of it for {silence:.0f} s: its process or machine has ended; the next run resumes it"
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
            f"there is no Prefect block {name}; names are like slack-webhook/news"
        ) from error
    if not hasattr(block, "notify"):
        raise AutomationError(f"the Prefect block {name} sends no notifications")
    found: UUID = block._block_document_id
    return found
