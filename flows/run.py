"""One run of the main job: its name, its batches, what it has met so far, and what it came to."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.ledger import HANDLED, LEFT_OUT, PLACES, BatchRead, build_files, has_news, number_rejects, run_row
from flows.outcome import Outcome, Status
from flows.progress import show_progress
from flows.redact import redact
from flows.settings import Settings
from flows.sources import SourceFile
from flows.summary import named_speakers, pick_examples
from seeds import hash_seeds
from transforms.languages import split_by_language

if TYPE_CHECKING:
    from expectations.gate import Verdict
    from warehouse.stage import NextVersion


def name_run() -> str:
    """The flow run's name in Prefect: source and time, `seeds/articles 2026-11-22 16:00:05`."""
    from prefect.runtime import flow_run

    paths = flow_run.parameters.get("paths") or ["?"]
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{redact(paths[0])}{more} {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


class Run:
    """Collects what the ledger and the summary need, batch by batch; holds no article text."""

    def __init__(self, paths: Sequence[str], settings: Settings, started: datetime) -> None:
        self.paths = [redact(path) for path in paths]
        self.settings = settings
        self.started = started
        self.run_id = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self.handled = HANDLED.to_frame()
        self.places = PLACES.to_frame()
        self.left_out = LEFT_OUT.to_frame()
        self.statements = 0
        self.speakers: set[str] = set()
        self.other_languages: Counter[str] = Counter()
        self.examples = pl.DataFrame()
        self.verdict: Verdict | None = None
        self.files_judged: pl.DataFrame | None = None
        self.kept_at: Path | None = None
        self.files_total: int | None = None
        self.articles_done = 0

    # --- batches --------------------------------------------------------------------------------------------

    def split_files(self, files: Iterable[SourceFile]) -> Iterator[Sequence[SourceFile]]:
        """Batches of files as they are found, until there are no more or the limit of articles is reached."""
        found = iter(files)
        while self._room() != 0 and (batch := list(islice(found, self.settings.files_per_batch))):
            yield batch

    def split_articles(self, articles: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Batches of articles, small enough to hold all that is found in them in memory."""
        for part in articles.iter_slices(self.settings.articles_per_batch):
            show_progress("Finding statements", self.articles_done, self.expected_articles())
            yield part
            self.articles_done += part.height
            show_progress("Finding statements", self.articles_done, self.expected_articles())

    def reading_limits(self) -> dict[str, Any]:
        """What the task that reads a batch of files must know, beside the files."""
        limits = {"options": self.settings.reader_options, "again": self.settings.again, "room": self._room()}
        return limits | {"done": self.handled.height, "total": self.files_total}

    def making(self) -> dict[str, Any]:
        """What the tasks that make rows must know, beside the frames."""
        return {"run_id": self.run_id, "languages": self.settings.languages}

    def _room(self) -> int | None:
        limit = self.settings.limit
        return None if limit is None else max(0, limit - self.places.height)

    def expected_articles(self) -> int:
        """How many new articles the run will have when the files still unread are like those read so far."""
        known, read, room = int(self.places["is_loaded"].sum()), self.handled.height, self._room()
        more = round(known * ((self.files_total or read) - read) / max(read, 1))
        return known + (more if room is None else min(more, room))

    # --- what was met ---------------------------------------------------------------------------------------

    def note_reading(self, read: BatchRead, places: pl.DataFrame) -> None:
        """Remember what became of a batch of files and of the articles in them."""
        self.handled = self.handled.vstack(read.handled)
        self.left_out = self.left_out.vstack(read.left_out)
        self.places = self.places.vstack(places)

    def note_tables(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """Remember how much a batch of articles says, in which languages, and the first good examples."""
        _, others = split_by_language(tables["articles"], self.settings.languages)
        self.other_languages.update(others["language"])
        self.statements += tables["statements"].height
        self.speakers |= named_speakers(tables)
        if self.examples.height < 3:
            self.examples = pick_examples(tables)

    def note_verdict(self, verdict: Verdict, next_version: NextVersion) -> None:
        """Remember what the gate found, and what it left of the files' articles and of the statements."""
        self.verdict = verdict
        self.files_judged = next_version.staged("files")
        if verdict.rejects.height:
            staged = {name: next_version.staged(name) for name in ("statements", "actors")}
            self.statements = staged["statements"].height
            self.speakers = named_speakers(staged)

    @property
    def is_stopped(self) -> bool:
        """Whether a critical check failed."""
        return self.verdict is not None and self.verdict.stopped

    # --- what it came to ------------------------------------------------------------------------------------

    @property
    def files(self) -> pl.DataFrame:
        """Rows of `ops.files`; once the gate has spoken, with the articles that it rejected."""
        if self.files_judged is not None:
            return self.files_judged
        return build_files(self.handled, self.places, self.left_out, self.run_id)

    @property
    def rejects(self) -> pl.DataFrame:
        """Rows of `ops.rejects` from before the gate."""
        return number_rejects(self.left_out, self.run_id)

    def has_news(self, rejected_before: pl.DataFrame) -> bool:
        """Whether there is anything to publish; see `flows.ledger.has_news`."""
        return has_news(self.files, rejected_before)

    def ledger(self) -> dict[str, pl.DataFrame]:
        """The rows that this run adds to `ops`, but for the checks."""
        settings = self.settings.model_dump(
            mode="json", exclude={"notify", "notify_command"}
        )  # may hold secrets
        parameters = {"paths": self.paths, "seeds": hash_seeds()} | settings
        runs = run_row(self.run_id, self.started, datetime.now(UTC), version("onrecord"), parameters)
        return {"runs": runs, "files": self.files, "rejects": self.rejects}

    def end(self, status: Status) -> Outcome:
        """What the run came to."""
        outcome = Outcome(self.run_id, status, self.settings.warehouse, self.settings.report)
        outcome.files, outcome.rejects = self.files, self.rejects
        outcome.statements, outcome.speakers = self.statements, len(self.speakers)
        outcome.other_languages = dict(self.other_languages.most_common())
        outcome.examples, outcome.kept_at = self.examples, self.kept_at
        if self.verdict:
            outcome.checks, outcome.verdict = self.verdict.checks, self.verdict.label
            outcome.rejects = pl.concat([self.rejects, self.verdict.rejects])
        outcome.seconds = (datetime.now(UTC) - self.started).total_seconds()
        return outcome
