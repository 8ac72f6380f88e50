"""Keep a note of the current step of a run in the state folder, so that a killed run can be reported.

A run removes its note when it ends. A killed run leaves it behind, and its lock on the note ends with the process. The
next run and `onrecord doctor` report such notes. No error here fails a run.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from flows.display.progress import also_watched_by
from flows.settings import Settings
from warehouse.files.lock import is_held, read_holder

NOTE = "running-"


@dataclass(frozen=True)
class Death:
    """A killed run: when it started (ISO 8601), its process id, and the step it was in."""

    started: str
    process: int
    step: str

    def describe(self, warehouse: Path) -> str:
        """Return `run 20260512T... (process 4711 on host) died at the step: Checking`; the run id may be unknown."""
        holder = read_holder(warehouse)
        is_its = f"(process {self.process} on" in holder
        run = holder if is_its else f"the run of {self.started} (process {self.process})"
        return f"{run} died at the step: {self.step}"


@contextmanager
def noted_as_alive(settings: Settings) -> Iterator[None]:
    """Keep the note up to date within the block."""
    if not settings.state.is_dir() or not os.access(settings.state, os.W_OK):
        yield
        return
    note = settings.state / f"{NOTE}{secrets.token_hex(6)}.json"
    lock = FileLock(_lock_of(note))
    with suppress(OSError):
        lock.acquire()
    try:
        show = _Note(note).show
        show("Starting")
        with also_watched_by(show):
            yield
    finally:
        with suppress(OSError):
            lock.release()
            _remove(note)


class _Note:
    """Rewrites the note when a new step begins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.started = datetime.now(UTC).isoformat(timespec="seconds")
        self.step = ""

    def show(self, step: str, done: int = 0, total: int | None = None) -> None:
        if step == self.step:
            return
        self.step = step
        with suppress(OSError):
            death = Death(self.started, os.getpid(), step)
            self.path.write_text(json.dumps(asdict(death)), encoding="utf-8")


def find_deaths(state: Path) -> dict[Path, Death]:
    """The notes that killed runs left, oldest first."""
    found = {}
    for note in state.glob(f"{NOTE}*.json"):
        with suppress(OSError, ValueError, TypeError, KeyError):
            if not is_held(_lock_of(note)):
                values = json.loads(note.read_text(encoding="utf-8"))
                found[note] = Death(str(values["started"]), int(values["process"]), str(values["step"]))
    return dict(sorted(found.items(), key=lambda item: item[1].started))


def forget_deaths(notes: list[Path]) -> None:
    """Remove notes once a later run has reported them."""
    for note in notes:
        with suppress(OSError):
            _remove(note)


def _lock_of(note: Path) -> Path:
    return Path(f"{note}.lock")


def _remove(note: Path) -> None:
    note.unlink(missing_ok=True)
    _lock_of(note).unlink(missing_ok=True)
