"""A note in the state folder that says at which step a run is; only a killed run leaves it behind.

A killed run cannot report itself. Its note has a lock that ended with its process; the next run and `onrecord doctor`
read it. Nothing here fails a run.
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
    """A run that was killed: when it began (ISO 8601), its process, and the step that it had come to."""

    started: str
    process: int
    step: str

    def describe(self, warehouse: Path) -> str:
        """`run 20260512T... (process 4711 on host) died at the step: Checking`; without its id if others ran since."""
        holder = read_holder(warehouse)
        is_its = f"(process {self.process} on" in holder
        run = holder if is_its else f"the run of {self.started} (process {self.process})"
        return f"{run} died at the step: {self.step}"


@contextmanager
def noted_as_alive(settings: Settings) -> Iterator[None]:
    """Within the block, a note says at which step the run is."""
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
    """Rewrites the note when another step begins."""

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
    """The notes that killed runs have left, oldest first."""
    found = {}
    for note in state.glob(f"{NOTE}*.json"):
        with suppress(OSError, ValueError, TypeError, KeyError):
            if not is_held(_lock_of(note)):
                told = json.loads(note.read_text(encoding="utf-8"))
                found[note] = Death(str(told["started"]), int(told["process"]), str(told["step"]))
    return dict(sorted(found.items(), key=lambda item: item[1].started))


def forget_deaths(notes: list[Path]) -> None:
    """Remove notes that a later run has reported."""
    for note in notes:
        with suppress(OSError):
            _remove(note)


def _lock_of(note: Path) -> Path:
    return Path(f"{note}.lock")


def _remove(note: Path) -> None:
    note.unlink(missing_ok=True)
    _lock_of(note).unlink(missing_ok=True)
