"""Call the tasks of a run, with the time limit and the retries from the settings.

Prefect's graph draws a line from each task to the tasks that it waits for. A task that overlaps with others (one batch
is read while another is analysed) names the tasks it follows; any other task follows the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from prefect.task_engine import TaskRunTimeoutError

from flows.outcome import TimedOut
from flows.settings import Settings

if TYPE_CHECKING:
    from prefect import Task
    from prefect.client.schemas.objects import State

P = ParamSpec("P")
R = TypeVar("R")
GROWTH = 4  # factor by which the wait grows with each retry


class Steps:
    """Calls the tasks of one run, one after another."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.last: State[Any] | None = None  # the state of the latest task, without its result
        self.last_of: dict[str, State[Any]] = {}  # the state of the latest call of each task, by name

    def call(self, task: Task[P, R], after: Iterable[State[Any] | None] | None = None) -> Callable[P, R]:
        """Return the task as a plain function; in Prefect's graph the task follows `after`, by default the latest task.

        The function raises what the task raises, and TimedOut if the task exceeds the setting `step_seconds`.
        """
        links = [state for state in ([self.last] if after is None else after) if state]
        bounded = bound(task, self.settings)

        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            state: Any = bounded(*args, wait_for=links, return_state=True, **kwargs)
            self.last = self.last_of[task.name] = state.model_copy(update={"data": True})  # keeps no frame
            try:
                result: R = state.result()
            except TaskRunTimeoutError:
                raise TimedOut(
                    f"the step '{task.task_run_name}'", "step_seconds", self.settings.step_seconds
                ) from None
            return result

        return run


def bound(task: Task[P, R], settings: Settings) -> Task[P, R]:
    """The task with the time limit and, if it can be retried, the number of retries from the settings."""
    options: dict[str, Any] = {"timeout_seconds": settings.step_seconds or None}
    if task.retries:
        options |= {"retries": settings.retries, "retry_delay_seconds": list_waits(settings)}
    return task.with_options(**options) if task.retries or settings.step_seconds else task


def list_waits(settings: Settings) -> list[float]:
    """The seconds to wait before each retry, such as `[1, 4, 16]`."""
    return [settings.retry_seconds * GROWTH**number for number in range(settings.retries)]
