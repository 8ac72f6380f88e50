"""Skip a run that would find nothing new, before Prefect starts: its start takes most of the time of such a run.

A run is skipped only if all of these hold; in case of doubt the run starts:

- no Prefect server is set, on whose pages the run would be missing;
- no setting asks for more, such as reading unchanged files again;
- all files are local, and have the size and time of their last reading;
- the last run on this version succeeded with the same corrections.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from flows.outcome import Outcome
from flows.prefect.server import configured_api
from flows.run.run_id import stamp_run
from flows.run.withheld import read_withheld
from flows.settings import Settings
from flows.sources.local import find_files, read_stamp
from flows.sources.reach import is_address
from report.attempt import read_attempt
from report.page import is_current
from schema.derive import polars_schema
from schema.tables import FILES
from warehouse.files.connect import find_writer
from warehouse.files.lock import find_holder
from warehouse.query.changes import latest_version
from warehouse.staging.next_version import staging_path
from warehouse.staging.seen import stamps_of

AT_ONCE = 5_000  # files looked up at a time
NOTED = "settled.json"


def find_nothing_new(
    paths: Sequence[str], settings: Settings, corrections: pl.DataFrame, started: datetime
) -> Outcome | None:
    """The outcome of a run on `paths` if it would certainly find nothing new; None if the run must start."""
    wants_more = settings.again or settings.prune or settings.limit or settings.lake or settings.executor
    is_elsewhere = any(is_address(path) for path in paths)
    if wants_more or is_elsewhere or configured_api() or not _is_settled(settings, corrections):
        return None
    stored_paths = _find_unchanged(paths, settings)
    if stored_paths is None:
        return None
    outcome = Outcome(stamp_run(started), "nothing_new", settings.warehouse, settings.report)
    outcome.files = _files(outcome.run_id, stored_paths)
    outcome.seconds = (datetime.now(UTC) - started).total_seconds()
    return outcome


def note_settled(settings: Settings, corrections: pl.DataFrame, withheld: pl.DataFrame) -> None:
    """Note that a run on the published version succeeded; without this note, the next run is not skipped."""
    described = _describe(settings, corrections, withheld)
    with suppress(OSError):
        settings.state.mkdir(parents=True, exist_ok=True)
        _noted(settings).write_text(json.dumps(described), encoding="utf-8")


def _is_settled(settings: Settings, corrections: pl.DataFrame) -> bool:
    published = settings.warehouse.resolve()
    if (
        not published.is_file()
        or find_writer(published)
        or staging_path(published).exists()
        or find_holder(settings.warehouse)
    ):
        return False
    if read_attempt(settings.warehouse) or not is_current(settings.warehouse, settings.report):
        return False
    try:
        described = json.loads(_noted(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(described == _describe(settings, corrections, read_withheld(settings)))


def _describe(settings: Settings, corrections: pl.DataFrame, withheld: pl.DataFrame) -> dict[str, Any]:
    """Describe what the result of a run depends on in addition to its files."""
    return {
        "version_no": latest_version(settings.warehouse),
        "corrections": _hash(corrections),
        "withheld": _hash(withheld),
    }


def _noted(settings: Settings) -> Path:
    return settings.state / f"{settings.warehouse.stem}.{NOTED}"


def _hash(rows: pl.DataFrame) -> str:
    return hashlib.sha256(rows.write_json().encode()).hexdigest()


def _find_unchanged(paths: Sequence[str], settings: Settings) -> list[str] | None:
    """Return the stored paths of all files; None if any file is new or changed."""
    files = iter(find_files(paths, without=settings.outputs, reach=settings.reach))
    unchanged: list[str] = []
    while batch := list(islice(files, AT_ONCE)):
        stamps = stamps_of(settings.warehouse, [file.path for file in batch])
        stamp_of = {path: (size, modified) for path, size, modified in stamps.iter_rows()}
        for file in batch:
            if file.reason_code or stamp_of.get(file.path, (None,)) != read_stamp(file.location):
                return None
        unchanged += [file.path for file in batch]
    return unchanged


def _files(run_id: str, paths: list[str]) -> pl.DataFrame:
    """The rows of `ops.files` that the run would have."""
    schema = polars_schema(FILES)
    counts = {name: pl.lit(0) for name in schema if name.startswith("articles_")}
    rows = pl.DataFrame({"path": paths}, {"path": pl.String})
    filled = {"run_id": pl.lit(run_id), "outcome": pl.lit("unchanged")} | counts
    missing = {name: pl.lit(None) for name in schema if name not in filled and name != "path"}
    return rows.with_columns(**filled, **missing).select(list(schema)).cast(schema)
