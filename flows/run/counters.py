"""Count the files, articles and rejects of a run, and measure the seconds of each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

import polars as pl

from flows.display.logs import log_step
from flows.display.quantities import duration
from schema.derive import polars_schema
from schema.tables import METRICS

STEP_SECONDS = "seconds_of_step"


@dataclass
class Counters:
    """Counts of one run; a resumed run starts with the counts of the interrupted run."""

    limit: int | None = None  # stop opening files after this number of articles
    files_total: int | None = None  # None while unknown
    files_done: int = 0
    articles_found: int = 0
    articles_new: int = 0
    articles_done: int = 0
    rejects: int = 0

    def room(self) -> int | None:
        """How many more articles the run may find; None without a limit."""
        return None if self.limit is None else max(0, self.limit - self.articles_found)

    def expected_articles(self) -> int:
        """Estimate how many new articles the run will find, if unread files are like the files read so far."""
        read, room = self.files_done, self.room()
        more = round(self.articles_new * ((self.files_total or read) - read) / max(read, 1))
        return self.articles_new + (more if room is None else min(more, room))


@dataclass
class StepTimes:
    """Seconds of each step of one run."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str, describe: Callable[[], str] | None = None) -> Iterator[None]:
        """Add the duration of the block to a step; `describe` returns the log line that says what the block did."""
        start = perf_counter()
        try:
            yield
        finally:
            taken = perf_counter() - start
            self.seconds[step] = self.seconds.get(step, 0.0) + taken
        if describe:
            log_step(f"{describe()} in {duration(taken)}")

    def metrics(self, run_id: str) -> dict[str, pl.DataFrame]:
        """Return the seconds measured so far, as rows of `ops.metrics`."""
        rows = [
            {"run_id": run_id, "metric": STEP_SECONDS, "scope": step, "value": seconds, "row_count": 1}
            for step, seconds in self.seconds.items()
        ]
        return {"metrics": pl.DataFrame(rows, polars_schema(METRICS))}
