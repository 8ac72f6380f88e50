"""What a run came to: everything its summary, its JSON and its exit code need."""

from __future__ import annotations

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
    """The end of one run. `files`, `rejects` and `checks` are as in `ops`.

    `seconds` is the time that the run took, `waited` the time that its caller waited, the start of Prefect included;
    None where nobody waited. `withdrawn` counts published articles that were withdrawn; `is_resumed` says that the run
    resumed an interrupted one, `deaths` describes earlier runs that were killed, `explorer` is the explorer's address.
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
    is_resumed: bool = False
    deaths: list[str] = field(default_factory=list)
    seconds: float = 0.0
    waited: float | None = None

    def count_files(self, outcome: str) -> int:
        """Files with this outcome."""
        return self.files.filter(pl.col("outcome") == outcome).height

    def sum_articles(self, part: str) -> int:
        """Articles found, loaded, duplicate or rejected, over all files."""
        return int(self.files[f"articles_{part}"].sum() or 0)


class RunStopped(OnRecordError):
    """A critical check failed: nothing was published. Carries the outcome."""

    exit_code = STOPPED

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        failed = outcome.checks.filter((pl.col("severity") == "critical") & ~pl.col("success"))
        names = ", ".join(f"{row['table_name']}.{row['check_name']}" for row in failed.to_dicts())
        super().__init__(f"stopped by critical checks: {names}")


class TimedOut(OnRecordError, TimeoutError):
    """A run or one of its steps took longer than it may; to Prefect it is a timeout."""

    def __init__(self, what: str, setting: str, seconds: float) -> None:
        super().__init__(
            f"{what} took longer than {seconds:g} s (ONRECORD_{setting.upper()}); the next run resumes it"
        )


class AfterPublishing(OnRecordError):
    """What is published is all right, but something that comes after it failed."""


class ReportFailed(AfterPublishing):
    """The new version is published, but its report could not be written."""


class LakeFailed(AfterPublishing):
    """What is published could not be brought to the lake; the next run brings it. `may_pass`: a retry may do."""

    may_pass = False
