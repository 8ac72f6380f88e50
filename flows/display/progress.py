"""Report the progress of a run to watchers.

The flow calls `show_progress(step, done, total)`. `also_watched_by` adds a watcher, such as the terminal
of a command or Prefect's pages (`flows/display/artifacts.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

Watcher = Callable[[str, int, int | None], None]
_watchers: ContextVar[tuple[Watcher, ...]] = ContextVar("watchers", default=())


def show_progress(step: str, done: int = 0, total: int | None = None) -> None:
    """Report that `step` has done `done` of `total`; without a total, report only the step."""
    for watcher in _watchers.get():
        watcher(step, done, total)


@contextmanager
def watch_on_terminal(console: Console, *, first_step: str) -> Iterator[None]:
    """Within the block, draw one bar per step on `console`; the bars disappear at the end."""
    bars = Progress(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        console=console,
        transient=True,
    )
    with bars, also_watched_by(_draw_on(bars)):
        show_progress(first_step)
        yield


@contextmanager
def also_watched_by(watcher: Watcher) -> Iterator[None]:
    """Within the block, report progress to `watcher` too."""
    token = _watchers.set((*_watchers.get(), watcher))
    try:
        yield
    finally:
        _watchers.reset(token)


def _draw_on(bars: Progress) -> Watcher:
    def draw(step: str, done: int, total: int | None) -> None:
        bar = next((task for task in bars.tasks if task.description == step), None)
        if bar is None:
            _finish_unmeasured(bars)
            bars.add_task(step, completed=done, total=total)
        else:
            bars.update(bar.id, completed=done, total=total)

    return draw


def _finish_unmeasured(bars: Progress) -> None:
    """Show steps without a total as finished; called when the next step begins."""
    for task in bars.tasks:
        if task.total is None:
            bars.update(task.id, completed=1, total=1)
