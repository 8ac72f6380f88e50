"""Keep the state of one run: identity, progress, tables not staged yet, and outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from flows.display.summary import pick_examples
from flows.outcome import Outcome, Status
from flows.run.counters import Counters, StepTimes
from flows.run.identity import RunIdentity
from flows.run.ledger import BatchRead, build_contents, build_files, build_sources, number_rejects
from flows.run.steps import Steps
from flows.run.unstaged import UnstagedTables
from flows.settings import Settings
from flows.sources.local import read_stamp
from flows.sources.redact import redact
from transforms.keys import content_key
from transforms.statements.annotated import select_edits
from warehouse.staging.counts import (
    count_files,
    count_languages,
    count_new_copies,
    count_speakers,
    count_withdrawn,
)
from warehouse.staging.seen import half_done

if TYPE_CHECKING:
    from expectations.gate import Verdict
    from warehouse.staging.next_version import NextVersion


def name_run() -> str:
    """Make the flow run's name in Prefect from its source and time: `seeds/articles 2026-11-22 16:00:05`."""
    from prefect.runtime import flow_run

    paths = flow_run.parameters.get("paths") or ["?"]
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{redact(paths[0])}{more} {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


class Run:
    """The state of one run; it holds article texts only until they are staged."""

    def __init__(self, paths: Sequence[str], settings: Settings, started: datetime) -> None:
        self.settings = settings
        self.identity = RunIdentity.create(paths, settings, started)
        self.counters = Counters(settings.limit)
        self.times = StepTimes()
        self.unstaged = UnstagedTables(settings.stage_seconds)
        self.half_done = pl.DataFrame()  # staged articles of files that an interrupted run did not finish
        self.steps = Steps(settings)
        self.examples = pl.DataFrame()
        self.verdict: Verdict | None = None
        self.corrections = pl.DataFrame()  # read when the run starts
        self.withheld = pl.DataFrame()  # read when the run starts

    @property
    def run_id(self) -> str:
        """The id of the run; a run that resumes an interrupted run has the id of that run."""
        return self.identity.run_id

    @property
    def fingerprint(self) -> str:
        """A hash of what decides which rows are staged: the identity, and corrections that an analysis applies."""
        edits = select_edits(self.corrections)
        own = self.identity.fingerprint
        return own if edits.is_empty() else content_key(own, edits.write_json())

    def begin(self, next_version: NextVersion) -> None:
        """Take over the identity and progress of an interrupted run, if this run resumes one."""
        self.identity = self.identity.resume(next_version)
        if not self.identity.is_resumed:
            return
        counters = self.counters
        counters.files_done, counters.articles_found, counters.articles_new = count_files(next_version)
        counters.articles_done, counters.rejects = counters.articles_new, next_version.staged_count("rejects")
        self.half_done = half_done(next_version)

    def note_reading(
        self, read: BatchRead, articles: pl.DataFrame, places: pl.DataFrame
    ) -> dict[str, pl.DataFrame]:
        """Count a batch of files and the articles in them, and return their ledger rows."""
        files = build_files(read.handled, places, read.left_out, self.run_id)
        rejects = number_rejects(read.left_out, self.run_id, after=self.counters.rejects)
        self.counters.files_done += files.height
        self.counters.articles_found += places.height
        self.counters.articles_new += articles.height
        self.counters.rejects += rejects.height
        self.unstaged.add_reading(set(articles["article_id"]))
        return {
            "files": files,
            "rejects": rejects,
            "sources": build_sources(read.handled, files, self.run_id),
            "contents": build_contents(read.handled, places, self.run_id),
        }

    def note_found(self, tables: Mapping[str, pl.DataFrame], ledger: Mapping[str, pl.DataFrame]) -> None:
        """Keep the tables of a batch until they are staged, and pick examples of statements for the summary."""
        self.unstaged.add(tables, ledger)
        if self.examples.height < 3 and "statements" in tables:
            self.examples = pick_examples(tables)

    @property
    def is_stopped(self) -> bool:
        """Whether a critical check failed."""
        return self.verdict is not None and self.verdict.stopped

    def end(self, status: Status, next_version: NextVersion) -> Outcome:
        """Return the outcome of the run; call this while the connection of `next_version` is open."""
        outcome = Outcome(
            self.run_id, status, self.settings.warehouse, self.settings.report, self.settings.explorer
        )
        outcome.files = next_version.staged("files")
        outcome.rejects = next_version.staged("rejects")
        outcome.is_resumed, outcome.withdrawn = self.identity.is_resumed, count_withdrawn(next_version)
        if not outcome.sum_articles("loaded"):  # otherwise the summary does not mention them
            outcome.new_copies = count_new_copies(next_version)
        outcome.statements, outcome.speakers = count_speakers(next_version)
        outcome.other_languages = count_languages(next_version, self.settings.languages)
        outcome.examples = self.examples
        outcome.corrections = next_version.staged("actor_corrections")
        if self.verdict:
            outcome.checks, outcome.verdict = self.verdict.checks, self.verdict.label
        outcome.seconds = (datetime.now(UTC) - self.identity.started).total_seconds()
        return outcome


def always_there(files: pl.DataFrame) -> bool:
    """Whether a run that reads no files can resume the interrupted run: only if that run found no files either."""
    return files.is_empty()


def are_still_there(files: pl.DataFrame) -> bool:
    """Whether the files that an interrupted run found still have their `size_bytes` and `modified_ns`."""
    from flows.sources.local import unprintable

    return all(
        size is None or read_stamp(unprintable(path)) == (size, modified)
        for path, size, modified in files.iter_rows()
    )
