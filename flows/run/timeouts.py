"""End a flow function with TimedOut if it exceeds the setting `run_seconds`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from prefect.utilities.timeout import timeout

from flows.outcome import TimedOut
from flows.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


class _TooLong(TimeoutError):
    """The whole run took too long; other timeouts are about one of its steps."""


def in_time(run: Callable[P, R]) -> Callable[P, R]:
    """Wrap the flow function `run` with the time limit of the settings; the next run resumes a run that timed out."""
    signature = inspect.signature(run)

    @wraps(run)
    def run_in_time(*args: P.args, **kwargs: P.kwargs) -> R:
        seconds = (signature.bind(*args, **kwargs).arguments.get("settings") or Settings()).run_seconds
        try:
            with timeout(seconds or None, timeout_exc_type=_TooLong):
                return run(*args, **kwargs)
        except _TooLong:
            raise TimedOut("the run", "run_seconds", seconds) from None

    return run_in_time
