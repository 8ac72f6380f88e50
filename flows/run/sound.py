"""Check a file that is about to be published against all critical rules."""

from __future__ import annotations

from pathlib import Path

from expectations.audit import Fault, find_faults
from flows.display.progress import show_progress
from flows.settings import Settings
from schema.errors import STOPPED, OnRecordError

SHOWN = 5  # number of faults that a message names
ADVICE = (
    "go back with onrecord rollback or onrecord restore BACKUP, or analyse the stored articles again with "
    "onrecord rebuild"
)


class PublishedUnsound(OnRecordError):
    """Published rows break critical rules, so the run publishes no new version."""

    exit_code = STOPPED


def require_sound(file: Path, settings: Settings) -> None:
    """Raise PublishedUnsound if any row of `file`, from whichever run, breaks a critical rule."""
    show_progress("Checking the whole warehouse")
    if faults := find_faults(file):
        raise PublishedUnsound(
            f"nothing was published: rows in {settings.warehouse} break {name_faults(faults)}; "
            f"these rows were written by another program or by an earlier version of On Record. To recover, {ADVICE}"
        )


def name_faults(faults: list[Fault]) -> str:
    """Name the first few faults in a text, and say how many more there are."""
    more = f" and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    return ", ".join(map(str, faults[:SHOWN])) + more
