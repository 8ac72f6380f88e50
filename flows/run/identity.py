"""Define the identity of a run: id, paths, settings, and a fingerprint that decides which run it can resume."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from flows.run.ledger import run_row
from flows.run.run_id import stamp_run
from flows.settings import Settings
from flows.sources.redact import redact
from models import hash_models
from seeds import hash_seeds

if TYPE_CHECKING:
    import polars as pl

    from warehouse.staging.next_version import NextVersion

# Settings that decide which rows are staged. The other settings decide the place, the speed, and what happens next.
STAGED_BY = {"map", "dates", "languages", "limit", "again", "max_file_bytes", "max_unpacked_bytes",
             "max_archive_members", "max_articles_per_file", "max_article_characters", "max_nesting",
             "max_payload_characters", "reader_memory", "reader_seconds", "reader_seconds_per_mb", "follow_links",
             "analysis_memory", "analysis_seconds", "analysis_seconds_per_mb",
             "web_seconds", "web_bytes", "web_redirects", "web_hosts"}  # fmt: skip
SECRET = {"notify", "notify_command"}


@dataclass(frozen=True)
class RunIdentity:
    """The identity of one run; `paths` contain no secrets."""

    run_id: str
    started: datetime
    paths: tuple[str, ...]
    settings: Settings
    is_resumed: bool = False

    @classmethod
    def create(cls, paths: Sequence[str], settings: Settings, started: datetime) -> RunIdentity:
        """Create the identity of a new run, with an id made from `started`, and paths without secrets."""
        return cls(stamp_run(started), started, tuple(redact(path) for path in paths), settings)

    def resume(self, next_version: NextVersion) -> RunIdentity:
        """Return the run that `next_version` belongs to: this run, or the interrupted run that this run resumes."""
        return RunIdentity(
            next_version.run_id, next_version.started, self.paths, self.settings, next_version.is_resumed
        )

    @property
    def fingerprint(self) -> str:
        """A hash of everything that decides which rows are staged; runs with equal hashes can resume each other."""
        from transforms.extract import EXTRACTOR_VERSION

        settings = self.settings.model_dump(mode="json", include=STAGED_BY)
        parts = [self.paths, settings, version("onrecord"), EXTRACTOR_VERSION, hash_seeds(), hash_models()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()

    def ledger(self) -> dict[str, pl.DataFrame]:
        """Build the row of this run in `ops.runs`; the publishing step sets its `ended_at`."""
        settings = self.settings.model_dump(mode="json", exclude=SECRET)
        parameters = {"paths": list(self.paths), "seeds": hash_seeds(), "model": hash_models()} | settings
        return {"runs": run_row(self.run_id, self.started, None, version("onrecord"), parameters)}
