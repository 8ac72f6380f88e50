"""One run of the main job: its name, its batches, what it has met so far, and what it came to."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.compute.dask import find_remotely
from flows.compute.workers import BATCH_BYTES, ArticleBatch, PendingTables, count_cores, find_locally
from flows.display.logs import log_step
from flows.display.progress import show_progress
from flows.display.quantities import duration
from flows.display.summary import pick_examples
from flows.outcome import Outcome, Status
from flows.run.ledger import BatchRead, build_contents, build_files, build_sources, number_rejects, run_row
from flows.run.run_id import stamp_run
from flows.run.steps import Steps
from flows.settings import Settings
from flows.sources.base import SourceFile
from flows.sources.local import read_stamp
from flows.sources.redact import redact
from models import hash_model
from schema.derive import polars_schema
from schema.tables import METRICS
from seeds import hash_seeds
from warehouse.staging.counts import count_files, count_languages, count_speakers, count_withdrawn
from warehouse.staging.seen import done_paths, half_done

if TYPE_CHECKING:
    from expectations.gate import Verdict
    from warehouse.staging.next_version import NextVersion

# Settings that decide what is staged; all others say where, how fast, and what becomes of it.
STAGED_BY = {"map", "dates", "languages", "limit", "again", "max_file_bytes", "max_unpacked_bytes",
             "max_archive_members", "max_articles_per_file", "max_article_characters", "max_nesting",
             "max_payload_characters", "reader_memory", "reader_seconds", "reader_seconds_per_mb", "follow_links",
             "analysis_memory", "analysis_seconds", "analysis_seconds_per_mb",
             "web_seconds", "web_bytes", "web_redirects", "web_hosts"}  # fmt: skip
SECRET = {"notify", "notify_command"}
STEP_SECONDS = "seconds_of_step"


def name_run() -> str:
    """The flow run's name in Prefect: source and time, `seeds/articles 2026-11-22 16:00:05`."""
    from prefect.runtime import flow_run

    paths = flow_run.parameters.get("paths") or ["?"]
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{redact(paths[0])}{more} {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


class Run:
    """Collects what the ledger and the summary need, batch by batch; holds no article text but what is to be staged."""

    def __init__(self, paths: Sequence[str], settings: Settings, started: datetime) -> None:
        self.paths = [redact(path) for path in paths]
        self.settings = settings
        self.started = started
        self.run_id = stamp_run(started)
        self.steps = Steps(settings)
        self.is_resumed = False
        self.half_done = pl.DataFrame()
        self.under_way: deque[set[str]] = deque()  # articles of files whose rows are not staged yet
        self.unstaged: list[Mapping[str, pl.DataFrame]] = []  # tables of the batches since the last staging
        self.unanalysed: list[pl.DataFrame] = []  # what is to be noted of articles since then
        self.staged_at = perf_counter()
        self.files_done = 0
        self.files_total: int | None = None
        self.articles_found = 0
        self.articles_new = 0
        self.articles_done = 0
        self.rejects_done = 0
        self.seconds: dict[str, float] = {}
        self.examples = pl.DataFrame()
        self.verdict: Verdict | None = None
        self.corrections = pl.DataFrame()  # as read where the run starts
        self.withheld = pl.DataFrame()  # likewise
        self.kept_at: Path | None = None

    @property
    def fingerprint(self) -> str:
        """What decides about the rows that are staged: an interrupted run of the same can be gone on with."""
        from transforms.extract import EXTRACTOR_VERSION

        settings = self.settings.model_dump(mode="json", include=STAGED_BY)
        told = [self.paths, settings, version("onrecord"), EXTRACTOR_VERSION, hash_seeds()]
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()

    def begin(self, next_version: NextVersion) -> None:
        """Take over what the interrupted run, if there was one, had done already."""
        self.run_id, self.started = next_version.run_id, next_version.started
        self.is_resumed = next_version.is_resumed
        if not self.is_resumed:
            return
        self.files_done, self.articles_found, self.articles_new = count_files(next_version)
        self.articles_done, self.rejects_done = self.articles_new, next_version.staged_count("rejects")
        self.half_done = half_done(next_version)

    # --- batches --------------------------------------------------------------------------------------------

    def split_files(
        self, files: Iterable[SourceFile], next_version: NextVersion
    ) -> Iterator[list[SourceFile]]:
        """Batches of files as they are found, until there are no more or the limit of articles is reached.

        What an interrupted run has done with is left out.
        """
        found = iter(files)
        while self.room() != 0 and (batch := list(islice(found, self.settings.files_per_batch))):
            if self.is_resumed:
                done = done_paths(next_version, [file.path for file in batch])
                batch = [file for file in batch if file.path not in done]
            if batch:
                next_version.note_met(_stamps(batch))
                yield batch

    def split_articles(
        self, articles: pl.DataFrame, ledger: Mapping[str, pl.DataFrame]
    ) -> Iterator[ArticleBatch]:
        """Batches of articles that take about as long, however long the articles are; the ledger with the last."""
        if articles.is_empty():
            yield ArticleBatch(articles, ledger)
            return
        text = pl.col("body").str.len_bytes().cum_sum() // BATCH_BYTES
        number = pl.int_range(pl.len()) // self.settings.articles_per_batch
        parts = articles.with_columns(text=text, number=number).partition_by(
            "text", "number", maintain_order=True, include_key=False
        )
        for part in parts[:-1]:
            yield ArticleBatch(part)
        yield ArticleBatch(parts[-1], ledger)

    def find(self, parts: Iterable[ArticleBatch]) -> Generator[tuple[ArticleBatch, PendingTables]]:
        """Each batch with its tables to be, computed by the processes or the cluster that the settings say.

        To be closed, whatever happens: the processes end with it.
        """
        for part, later in self._find(parts):
            show_progress("Finding statements", self.articles_done, self.expected_articles())
            yield part, later
            self.articles_done += part.articles.height
            show_progress("Finding statements", self.articles_done, self.expected_articles())

    def _find(self, parts: Iterable[ArticleBatch]) -> Iterator[tuple[ArticleBatch, PendingTables]]:
        if self.settings.executor:
            return find_remotely(parts, self.settings.executor, **self.making())
        return find_locally(parts, self.settings.processes or count_cores(), **self.making())

    def reading_limits(self) -> dict[str, Any]:
        """How far a task may read, and how far the run has read."""
        return {"room": self.room(), "done": self.files_done, "total": self.files_total}

    def making(self) -> dict[str, Any]:
        """What the tasks that make rows must know, beside the frames."""
        settings = self.settings
        return {"run_id": self.run_id, "languages": settings.languages, "bounds": settings.analysis_bounds}

    def room(self) -> int | None:
        """How many articles may still be found; None when there is no limit."""
        limit = self.settings.limit
        return None if limit is None else max(0, limit - self.articles_found)

    def expected_articles(self) -> int:
        """How many new articles the run will have when the files still unread are like those read so far."""
        read, room = self.files_done, self.room()
        more = round(self.articles_new * ((self.files_total or read) - read) / max(read, 1))
        return self.articles_new + (more if room is None else min(more, room))

    @contextmanager
    def timed(self, step: str, told: Callable[[], str] | None = None) -> Iterator[None]:
        """Add the time that the block takes to that of a step; `told` says for the log what was done in it."""
        start = perf_counter()
        try:
            yield
        finally:
            taken = perf_counter() - start
            self.seconds[step] = self.seconds.get(step, 0.0) + taken
        if told:
            log_step(f"{told()} in {duration(taken)}")

    # --- what was met ---------------------------------------------------------------------------------------

    def note_reading(
        self, read: BatchRead, articles: pl.DataFrame, places: pl.DataFrame
    ) -> dict[str, pl.DataFrame]:
        """Remember what became of a batch of files and of the articles in them; its rows of the ledger."""
        files = build_files(read.handled, places, read.left_out, self.run_id)
        rejects = number_rejects(read.left_out, self.run_id, after=self.rejects_done)
        self.files_done += files.height
        self.articles_found += places.height
        self.articles_new += articles.height
        self.rejects_done += rejects.height
        self.under_way.append(set(articles["article_id"]))
        return {
            "files": files,
            "rejects": rejects,
            "sources": build_sources(read.handled, files, self.run_id),
            "contents": build_contents(read.handled, places, self.run_id),
        }

    def note_found(self, tables: Mapping[str, pl.DataFrame], ledger: Mapping[str, pl.DataFrame]) -> None:
        """Remember what is to be staged of a batch, and the first good examples of what is said."""
        facts = dict(tables)
        if "unanalysed" in facts:
            self.unanalysed.append(facts.pop("unanalysed"))
        self.unstaged += [facts, ledger]
        if self.examples.height < 3 and "statements" in tables:
            self.examples = pick_examples(tables)

    @property
    def is_staging_due(self) -> bool:
        """Whether a killed run would lose more work than it may."""
        return perf_counter() - self.staged_at >= self.settings.stage_seconds

    def note_staged(self) -> None:
        """All that was to be staged is."""
        for tables in self.unstaged:
            if "files" in tables:
                self.under_way.popleft()
        self.unstaged.clear()
        self.unanalysed.clear()
        self.staged_at = perf_counter()

    def note_verdict(self, verdict: Verdict) -> None:
        """Remember what the gate found."""
        self.verdict = verdict

    @property
    def is_stopped(self) -> bool:
        """Whether a critical check failed."""
        return self.verdict is not None and self.verdict.stopped

    # --- what it came to ------------------------------------------------------------------------------------

    def ledger(self) -> dict[str, pl.DataFrame]:
        """The row that this run adds to `ops.runs`."""
        settings = self.settings.model_dump(mode="json", exclude=SECRET)
        parameters = {"paths": self.paths, "seeds": hash_seeds(), "model": hash_model()} | settings
        return {
            "runs": run_row(self.run_id, self.started, datetime.now(UTC), version("onrecord"), parameters)
        }

    def step_seconds(self) -> dict[str, pl.DataFrame]:
        """How long each step has taken so far, as rows of `ops.metrics`."""
        rows = [
            {"run_id": self.run_id, "metric": STEP_SECONDS, "scope": step, "value": seconds, "row_count": 1}
            for step, seconds in self.seconds.items()
        ]
        return {"metrics": pl.DataFrame(rows, polars_schema(METRICS))}

    def end(self, status: Status, next_version: NextVersion) -> Outcome:
        """What the run came to; to be called while the connection of `next_version` is open."""
        outcome = Outcome(self.run_id, status, self.settings.warehouse, self.settings.report)
        outcome.files = next_version.staged("files")
        outcome.rejects = next_version.staged("rejects")
        outcome.is_resumed, outcome.withdrawn = self.is_resumed, count_withdrawn(next_version)
        outcome.statements, outcome.speakers = count_speakers(next_version)
        outcome.other_languages = count_languages(next_version, self.settings.languages)
        outcome.examples, outcome.kept_at = self.examples, self.kept_at
        outcome.corrections = next_version.staged("actor_corrections")
        if self.verdict:
            outcome.checks, outcome.verdict = self.verdict.checks, self.verdict.label
        outcome.seconds = (datetime.now(UTC) - self.started).total_seconds()
        return outcome


def _stamps(files: Sequence[SourceFile]) -> pl.DataFrame:
    """`path`, `size_bytes`, `modified_ns` of files; null where they cannot be had."""
    rows = [(file.path, *(read_stamp(file.location) or (None, None))) for file in files]
    return pl.DataFrame(
        rows, {"path": pl.String, "size_bytes": pl.Int64, "modified_ns": pl.Int64}, orient="row"
    )


def always_there(met: pl.DataFrame) -> bool:
    """Of a run that reads no files: there is nothing that could have changed."""
    return met.is_empty()


def are_still_there(met: pl.DataFrame) -> bool:
    """Whether files that an interrupted run has met are what they were: `path`, `size_bytes`, `modified_ns`."""
    from flows.sources.local import unprintable

    return all(
        size is None or read_stamp(unprintable(path)) == (size, modified)
        for path, size, modified in met.iter_rows()
    )
