"""A file that is about to be published -> nothing, or an error that names the critical rules that it breaks."""

from __future__ import annotations

from pathlib import Path

from expectations.audit import Fault, find_faults
from flows.display.progress import show_progress
from flows.settings import Settings
from schema.errors import STOPPED, OnRecordError

SHOWN = 5  # faults in a message
ADVICE = (
    "go back with: onrecord rollback, or onrecord restore BACKUP; or analyse the stored articles again with: "
    "onrecord rebuild"
)


class PublishedUnsound(OnRecordError):
    """Published rows break critical rules, so no version is published on top of them."""

    exit_code = STOPPED


def require_sound(file: Path, settings: Settings) -> None:
    """`PublishedUnsound` when a row of `file` breaks a critical rule, whichever run it is from."""
    show_progress("Checking the whole warehouse")
    if faults := find_faults(file):
        raise PublishedUnsound(
            f"nothing was published: rows in {settings.warehouse} break {name_faults(faults)}; "
            f"another program wrote to it, or an earlier version of On Record left them: {ADVICE}"
        )


def name_faults(faults: list[Fault]) -> str:
    """The first faults by name, and how many more there are."""
    more = f" and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    return ", ".join(map(str, faults[:SHOWN])) + more
