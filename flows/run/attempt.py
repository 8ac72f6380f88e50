"""Note how a run ended, so that the report says whether the last run was stopped or failed.

No error here fails a run: if the disk cannot be written to, the report stays as it is.
"""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

import polars as pl

from flows.display.summary import plain
from flows.outcome import Outcome, RunStopped
from flows.run.alive import find_deaths, forget_deaths, noted_as_alive
from flows.settings import Settings
from flows.sources.redact import redact
from report.attempt import Attempt, note_attempt

P = ParamSpec("P")
R = TypeVar("R")


def attempt_noted(run: Callable[P, R]) -> Callable[P, R]:
    """Wrap the flow function `run`: record its end in the report and next to the warehouse, except for dry runs."""
    signature = inspect.signature(run)

    @wraps(run)
    def run_noted(*args: P.args, **kwargs: P.kwargs) -> R:
        settings = signature.bind(*args, **kwargs).arguments.get("settings") or Settings()
        deaths = {
            note: death.describe(settings.warehouse) for note, death in find_deaths(settings.state).items()
        }
        with failure_noted(settings), noted_as_alive(settings):
            result = run(*args, **kwargs)
        _note(settings, None)
        if isinstance(result, Outcome):
            result.deaths = list(deaths.values())
        forget_deaths(list(deaths))
        return result

    return run_noted


@contextmanager
def failure_noted(settings: Settings) -> Iterator[None]:
    """Within the block, record an error that stops or fails a run."""
    try:
        yield
    except RunStopped as stopped:
        _note(settings, _describe_stop(settings, stopped.outcome))
        raise
    except (Exception, KeyboardInterrupt) as error:
        _note(settings, _describe_failure(settings, error))
        raise


def _note(settings: Settings, attempt: Attempt | None) -> None:
    """Write the note if an earlier run has left files here: a mistyped --warehouse must not create any."""
    if not settings.dry_run and (settings.state.exists() or settings.report.exists()):
        with suppress(OSError):
            note_attempt(settings.warehouse, settings.report, attempt)


def _describe_stop(settings: Settings, outcome: Outcome) -> Attempt:
    failed = outcome.checks.filter(~pl.col("success"), pl.col("severity") == "critical").to_dicts()
    why = [f"{row['table_name']}.{row['check_name']}: {row['observed'] or 'failed'}" for row in failed]
    kept = shlex.quote(str(outcome.kept_at))
    advice = [f"See which checks failed: onrecord sql --warehouse {kept} 'from ops.checks where not success'"]
    return _attempt(settings, "stopped", why, [*advice, "Correct the sources, then run again."])


def _describe_failure(settings: Settings, error: BaseException) -> Attempt:
    message = redact((str(error).splitlines() or [""])[0])
    is_interrupted = isinstance(error, KeyboardInterrupt)
    why = "It was interrupted." if is_interrupted else f"{type(error).__name__}: {message}"
    warehouse = shlex.quote(str(settings.warehouse))
    advice = f"Find out what to do: onrecord doctor --warehouse {warehouse}"
    return _attempt(settings, "failed", [why], [advice, f"The log has more: {settings.log}"])


def _attempt(settings: Settings, status: str, why: list[str], advice: list[str]) -> Attempt:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Attempt(settings.warehouse.name, status, now, [plain(line)[:500] for line in why], advice)
