"""Watch folders, and start a run when new files have arrived and no more follow.

The first run reads the existing files. Files that arrive during a run are read by the next run.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchfiles import Change, DefaultFilter, watch

from flows.sources.local import mark_found

MANY = 200  # with more paths than this, a run gets the folders instead of the paths
LONGEST = 30  # if files never stop arriving, a run starts after this many times the `rest` of `follow`
FIRST_RETRY, LAST_RETRY = 30.0, 3600.0  # seconds
LET_END = 30  # seconds an interrupted run has to end


class FilesOnly(DefaultFilter):
    """Filters out hidden files, files that a run writes, and deletions."""

    def __init__(self, without: Iterable[Path]) -> None:
        super().__init__(ignore_paths=[path.absolute() for path in without])

    def __call__(self, change: Change, path: str) -> bool:
        """Whether the change is a file to read."""
        return (
            change != Change.deleted
            and not Path(path).name.startswith(".")
            and super().__call__(change, path)
        )


@dataclass
class Waiting:
    """The paths to read next. After a failed run they wait; after each further failure they wait twice as long."""

    paths: set[str] = field(default_factory=set)
    not_before: float = 0.0
    pause: float = FIRST_RETRY

    def is_due(self, now: float) -> bool:
        """Whether there are paths to read and their wait is over."""
        return bool(self.paths) and now >= self.not_before

    def note(self, *, is_done: bool, now: float) -> None:
        """Note whether a run on all these paths succeeded."""
        if is_done:
            self.paths, self.pause, self.not_before = set(), FIRST_RETRY, 0.0
        else:
            self.not_before, self.pause = now + self.pause, min(2 * self.pause, LAST_RETRY)


def follow(
    folders: Sequence[Path],
    take: Callable[[list[str]], bool],
    *,
    rest: float,
    without: Iterable[Path] = (),
) -> None:
    """Call `take` with `folders`, then with new files in them, until interrupted.

    A call with new files is made once no further file has arrived for `rest` seconds. `take` returns whether it
    succeeded; if it did not, it gets the same files again.
    """
    waiting = Waiting({str(folder) for folder in folders})
    milliseconds = int(1000 * rest)
    changes = watch(
        *folders,
        watch_filter=FilesOnly(without),
        step=milliseconds,
        debounce=LONGEST * milliseconds,
        rust_timeout=milliseconds,
        yield_on_timeout=True,
    )
    for came in changes:
        waiting.paths |= {path for _, path in came}
        if waiting.is_due(time.monotonic()):
            is_done = take(choose(waiting.paths, folders))
            waiting.note(is_done=is_done, now=time.monotonic())


def choose(paths: Iterable[str], folders: Sequence[Path]) -> list[str]:
    """Choose what to read after changes: the paths that still exist, or the folders if there are too many paths.

    A path that does not exist is replaced by its folder, because a name that is not UTF-8 is reported garbled. The
    paths are marked as found in a folder, so that the run follows no link out of the folder.
    """
    candidates = {path if os.path.lexists(path) else str(Path(path).parent) for path in paths}
    existing = [path for path in sorted(candidates) if os.path.lexists(path)]
    if not 0 < len(existing) <= MANY:
        return [str(folder) for folder in folders]
    return [_mark(path, folders) for path in existing]


def _mark(path: str, folders: Sequence[Path]) -> str:
    """The source for a path that the watcher reports, spelled like its folder, so that runs see one path of a file."""
    found = os.path.normpath(path)  # for the folder `./inbox`, the watcher reports `/home/ada/./inbox/a.txt`
    for folder in folders:
        absolute = Path(os.path.normpath(folder.absolute()))
        if found == str(absolute):
            return str(folder)
        if absolute in Path(found).parents:
            return mark_found(str(folder / Path(found).relative_to(absolute)), str(folder))
    return path


def run_ingest(paths: Sequence[str], warehouse: Path) -> tuple[bool, str]:
    """Run `onrecord ingest` in a separate process, so that its failures do not end the watch.

    Returns whether it succeeded, and a line to print. Ctrl-C interrupts the run too; the next run resumes it.
    """
    began = time.monotonic()
    command = [
        sys.executable,
        "-P",  # otherwise Python would import modules from the working folder
        "-m",
        "flows.cli",
        "ingest",
        "--json",
        "--warehouse",
        str(warehouse),
        "--",
        *paths,
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        try:
            out, err = run.communicate()
        except KeyboardInterrupt:
            _interrupt(run)
            raise
    seconds = time.monotonic() - began
    return run.returncode == 0, f"{describe(run.returncode, out, err)} in {seconds:.0f} s"


def _interrupt(run: subprocess.Popen[str]) -> None:
    run.send_signal(signal.SIGINT)
    try:
        run.wait(LET_END)
    except subprocess.TimeoutExpired:
        run.kill()


def describe(code: int, out: str, err: str) -> str:
    """One line about a run, from its exit code, JSON and messages."""
    try:
        facts: dict[str, Any] = json.loads(out)
    except ValueError:
        last = [line.removeprefix("onrecord: ") for line in err.splitlines() if line.strip()]
        return f"failed (exit code {code}): {last[0] if last else 'no message'}"
    if "message" in facts:
        return f"failed (exit code {code}): {facts['message'].partition(chr(10))[0]}"
    counts = {"files": facts["files"]["found"], "new articles": facts["articles"]["loaded"]}
    counts["statements"] = facts["statements"]
    return f"{facts['status']}: " + ", ".join(f"{name} {count}" for name, count in counts.items())


def emit_arrival(paths: Sequence[str], folders: Sequence[Path]) -> tuple[bool, str]:
    """Send the event that starts the deployment in `prefect.yaml`.

    Returns whether the server answered, and a line to print.
    """
    from prefect import get_client
    from prefect.events import emit_event

    with get_client(sync_client=True) as client:
        if error := client.api_healthcheck():
            return False, f"failed: {client.api_url} does not answer: {error}"
    resource = {"prefect.resource.id": f"onrecord.folder.{folders[0].absolute()}"}
    emit_event("onrecord.files-arrived", resource, payload={"paths": len(paths)})
    return True, "event onrecord.files-arrived sent"
