"""Define the outcome of a run: everything that its summary, JSON and exit code need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from schema.derive import polars_schema
from schema.errors import STOPPED, OnRecordError
from schema.table import Table
from schema.tables import ACTOR_CORRECTIONS, CHECKS, FILES, REJECTS

Status = Literal["published", "nothing_new", "dry_run", "stopped"]


def _empty(table: Table) -> pl.DataFrame:
    return pl.DataFrame(schema=polars_schema(table))


@dataclass
class Outcome:
    """The outcome of one run; `files`, `rejects` and `checks` are rows of the tables in `ops`.

    `seconds` is the duration of the run. `waited` is how long its caller waited, including the start of Prefect, or
    None if nobody waited. `withdrawn` counts withdrawn articles, and `new_copies` new files whose articles are all
    known, if no article is new. `deaths` describes earlier runs that were killed. `explorer` is the address of the
    explorer.
    """

    run_id: str
    status: Status
    warehouse: Path
    report: Path
    explorer: str | None = None
    files: pl.DataFrame = field(default_factory=lambda: _empty(FILES))
    rejects: pl.DataFrame = field(default_factory=lambda: _empty(REJECTS))
    checks: pl.DataFrame = field(default_factory=lambda: _empty(CHECKS))
    corrections: pl.DataFrame = field(default_factory=lambda: _empty(ACTOR_CORRECTIONS))
    verdict: str | None = None
    statements: int = 0
    speakers: int = 0
    other_languages: dict[str, int] = field(default_factory=dict)
    examples: pl.DataFrame = field(default_factory=pl.DataFrame)
    kept_at: Path | None = None
    withdrawn: int = 0
    new_copies: int = 0
    is_resumed: bool = False
    deaths: list[str] = field(default_factory=list)
    seconds: float = 0.0
    waited: float | None = None

    def count_files(self, outcome: str) -> int:
        """The number of files with this outcome."""
        return self.files.filter(pl.col("outcome") == outcome).height

    def sum_articles(self, part: str) -> int:
        """The number of articles `found`, `loaded`, `duplicate` or `rejected` in all files."""
        return int(self.files[f"articles_{part}"].sum() or 0)


class RunStopped(OnRecordError):
    """A critical check failed, so nothing was published; has the outcome of the run."""

    exit_code = STOPPED

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        failed = outcome.checks.filter((pl.col("severity") == "critical") & ~pl.col("success"))
        names = ", ".join(f"{row['table_name']}.{row['check_name']}" for row in failed.to_dicts())
        super().__init__(f"stopped by critical checks: {names}")


class TimedOut(OnRecordError, TimeoutError):
    """A run or one of its steps exceeded its time limit; Prefect shows it as timed out."""

    def __init__(self, what: str, setting: str, seconds: float) -> None:
        super().__init__(
            f"{what} took longer than {seconds:g} s (ONRECORD_{setting.upper()}); the next run resumes it"
        )


class AfterPublishing(OnRecordError):
    """The version was published, but a later step failed."""


class ReportFailed(AfterPublishing):
    """The new version is published, but its report could not be written."""


class LakeFailed(AfterPublishing):
    """The published version could not be copied to the lake; the next run copies it.

    `may_pass` says whether a retry may succeed.
    """

    may_pass = False


_reached: ContextVar[list[Outcome] | None] = ContextVar("_reached", default=None)


@contextmanager
def outcomes_kept() -> Iterator[list[Outcome]]:
    """Yield a list to which each run in the block adds its outcome, also if Prefect fails to note how it ended."""
    kept: list[Outcome] = []
    token = _reached.set(kept)
    try:
        yield kept
    finally:
        _reached.reset(token)


def keep_outcome(outcome: Outcome) -> None:
    """Add an outcome to the list of `outcomes_kept`, if any."""
    if (kept := _reached.get()) is not None:
        kept.append(outcome)
