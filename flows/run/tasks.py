"""Define the steps of a run as Prefect tasks, which call plain functions of other packages once per batch.

Tasks are not cached. They are idempotent, because ids come from content. Pure steps are not retried. Transient failures
are retried where they occur: reading a file or page in `flows/sources/`, taking a lock in `warehouse/files/lock.py`,
writing the report or the lake here. If a run fails, the next run resumes from what was staged.

Each step imports the heavy libraries it needs, so that a run that finds nothing new loads no model.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from prefect import Task, task
from prefect.assets import materialize
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.compute.analysis import Tables
from flows.compute.workers import PendingTables
from flows.display.artifacts import table_assets
from flows.display.progress import show_progress
from flows.outcome import LakeFailed, Outcome, ReportFailed
from flows.run.across_articles import resolve_all
from flows.run.ledger import HANDLED, LEFT_OUT, BatchRead
from flows.run.sound import require_sound
from flows.run.steps import list_waits
from flows.settings import Settings
from flows.sources.base import FileBytes, SourceFile, Stamp
from flows.sources.local import read_all
from schema.errors import OnRecordError
from transforms.articles.articles import build_articles, link_records, pick_better, pick_edited
from transforms.articles.sanity import split_records
from transforms.frames import RECORDS
from transforms.readers import Options, Reading
from warehouse.staging.copies import note_copies, read_current
from warehouse.staging.next_version import NextVersion
from warehouse.staging.publish import Published, keep_stopped, publish
from warehouse.staging.seen import SeenHashes, new_articles, seen_sources

if TYPE_CHECKING:
    from expectations.gate import Gate, Verdict


READ_BYTES = 1_000_000  # bytes of new files that one call of read_files takes
# Errors of a network disk that is briefly busy or unreachable.
PASSING = {errno.EAGAIN, errno.EBUSY, errno.EIO, errno.ESTALE, errno.ETIMEDOUT}


Opened = tuple[FileBytes, str | None]


def open_files(
    files: Sequence[SourceFile],
    next_version: NextVersion,
    options: Options,
    again: bool,
    reread: Set[str] = frozenset(),
) -> Iterator[Opened]:
    """Yield the bytes of each file, and the earlier run that read the same bytes, if there is one.

    With `again`, every file counts as new; without it, files in `reread` count as new even if they were read before.
    """
    paths = [file.path for file in files if file.path not in reread]
    seen = pl.DataFrame() if again else seen_sources(next_version, paths)
    runs, stamps = _runs_and_stamps(seen)
    hashes = SeenHashes(next_version, again)
    for content in read_all(files, options.limits.unpacked_bytes, options.limits.file_bytes, stamps):
        seen_in = (
            runs[content.path] if content.is_unread else hashes.run_of(content.file_sha256, content.path)
        )
        yield content, None if content.path in reread else seen_in


@task(cache_policy=NO_CACHE, task_run_name="read files")
def read_files(
    contents: Iterator[tuple[FileBytes, str | None, Reading]],
    *,
    room: int | None,
    done: int,
    total: int | None,
) -> BatchRead:
    """Collect the readings of the next files; records that cannot become articles are rejected.

    Stops after READ_BYTES of new files, so that analysis starts soon, or after `room` articles.
    """
    handled, records, left_out = [], [RECORDS.to_frame()], []
    found = read = 0
    for number, (content, seen_in, reading) in enumerate(contents, done + 1):
        stamp = content.size_bytes, content.modified_ns, content.is_unread
        handled.append((content.path, content.file_sha256, reading.format, seen_in, *stamp))
        records.append(reading.records)
        left_out += _left_out(content, reading)
        found += reading.records.height
        read += 0 if seen_in else content.size_bytes or len(content.data or b"")
        show_progress("Reading files", number, total)
        if read >= READ_BYTES or (room is not None and found >= room):
            break
    sane, faults = split_records(pl.concat(records))
    return BatchRead(
        pl.DataFrame(handled, HANDLED, orient="row"),
        sane,
        pl.DataFrame(left_out, LEFT_OUT, orient="row").vstack(_reject_faults(faults)),
    )


def _runs_and_stamps(seen: pl.DataFrame) -> tuple[dict[str, str], dict[str, Stamp]]:
    """Return two maps keyed by the path of each file read before: the run that read it, and its stamp."""
    if seen.is_empty():
        return {}, {}
    stamped = seen.drop_nulls(["size_bytes", "modified_ns"])
    return (
        dict(seen.select("path", "run_id").iter_rows()),
        {path: Stamp(*stamp) for path, *stamp in stamped.select("path", *Stamp._fields).iter_rows()},
    )


def _reject_faults(faults: pl.DataFrame) -> pl.DataFrame:
    """The faults of records, as rows of LEFT_OUT."""
    return faults.with_columns(stage=pl.lit("articles"), payload=pl.lit(None, pl.String)).select(
        LEFT_OUT.names()
    )


def _left_out(
    content: FileBytes, reading: Reading
) -> list[tuple[str, str, int | None, str, str, str | None]]:
    """Rows of LEFT_OUT for one file: one row if there are no bytes to read, otherwise one per reject of the reading."""
    if content.reason_code:
        return [("read", content.path, None, content.reason_code, content.reason or "", None)]
    return [
        ("read", content.path, no.record_no, no.reason_code, no.reason, no.payload) for no in reading.rejects
    ]


@task(cache_policy=NO_CACHE, task_run_name="build articles")
def build_new_articles(
    records: pl.DataFrame,
    next_version: NextVersion,
    under_way: Iterable[Set[str]],
    *,
    run_id: str,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Build the articles that are neither published nor staged, and a row of `flows.run.ledger.PLACES` per record.

    `under_way` are articles that this run has read and not staged yet.
    """
    links = link_records(records)
    found = links["article_id"].unique()
    new = set(new_articles(next_version, found.to_list())).difference(*under_way)
    seen = found.filter(~found.is_in(list(new)))
    is_seen = pl.col("article_id").is_in(seen.implode())
    places = links.select("path", "article_id", is_loaded=pl.col("is_first") & ~is_seen)
    articles = build_articles(records, run_id=run_id)
    note_copies(next_version, _select_better(articles.filter(is_seen), next_version))
    return articles.filter(~is_seen), places


def _select_better(copies: pl.DataFrame, next_version: NextVersion) -> pl.DataFrame:
    """The copies that `take_copies` may need.

    These are copies with more fields than the staged or published article of the same text, copies from the article's
    own file with other fields, and copies of texts that are not staged yet.
    """
    if copies.is_empty():
        return copies
    current = read_current(next_version, copies["article_id"])
    unknown = copies.join(current, on="article_id", how="anti")
    return pl.concat([pick_better(copies, current), pick_edited(copies, current), unknown]).unique(
        ["article_id", "path", "record_no"], maintain_order=True
    )


@task(cache_policy=NO_CACHE, task_run_name="find statements")
def find_statements(later: PendingTables) -> Tables:
    """Wait for a batch of articles and return its tables: statements, speakers, cues and the rest."""
    return later.result()


@task(cache_policy=NO_CACHE, task_run_name="stage")
def stage(
    next_version: NextVersion,
    *batches: Mapping[str, pl.DataFrame],
    unanalysed: Sequence[pl.DataFrame] = (),
) -> None:
    """Add the tables of batches, ledger rows included, to the staged tables of the next version.

    `unanalysed` lists the articles that could not be analysed.
    """
    with next_version.whole():
        next_version.stage(*batches)
        for articles in unanalysed:
            next_version.note_unanalysed(articles)


@task(cache_policy=NO_CACHE, task_run_name="reject what was not analysed")
def reject_unanalysed(next_version: NextVersion) -> int:
    """Move articles that could not be analysed from staging to the rejects; returns how many."""
    from expectations.quarantine import move_unanalysed

    return move_unanalysed(next_version)


@task(cache_policy=NO_CACHE, task_run_name="reject")
def reject(gate: Gate) -> int:
    """Move the articles at fault from staging to the rejects; returns the number of articles and files."""
    return gate.reject()


@task(cache_policy=NO_CACHE, task_run_name="resolve")
def resolve(next_version: NextVersion, corrections: pl.DataFrame) -> None:
    """Resolve stories, actors and utterances across all articles, see `resolve_all`."""
    resolve_all(next_version, corrections)


@task(cache_policy=NO_CACHE, task_run_name="check")
def check(gate: Gate) -> Verdict:
    """Run all Great Expectations suites on the staged tables; returns the gate's verdict."""
    return gate.check()


def publish_to(settings: Settings) -> Task[[NextVersion, Settings], Published]:
    """The task that publishes to this warehouse; Prefect shows the warehouse's tables as assets."""
    named: Task[[NextVersion, Settings], Published] = publish_version.with_options(
        assets=table_assets(settings.warehouse.stem)
    )
    return named


@materialize(*table_assets("onrecord"), by="onrecord", cache_policy=NO_CACHE, task_run_name="publish")
def publish_version(next_version: NextVersion, settings: Settings) -> Published:
    """Replace the published version with the next one, in one step."""
    return publish(
        next_version,
        keep=settings.keep_versions,
        days=settings.keep_version_days,
        in_place=settings.publish == "in_place",
        check_whole=partial(require_sound, settings=settings),
    )


@task(cache_policy=NO_CACHE, task_run_name="keep the stopped version")
def keep_version(next_version: NextVersion, folder: Path) -> Path:
    """Keep the stopped version for inspection."""
    return keep_stopped(next_version, folder)


def is_reported(settings: Settings) -> bool:
    """Whether the report describes the published version; it does not if a run was killed after publishing."""
    from report.page import is_current

    return is_current(settings.warehouse, settings.report)


def may_pass(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Whether a task failed for a transient reason: a disk, lake or backup target that may soon recover."""
    error: Any = state.result(raise_on_failure=False)
    cause = getattr(error, "__cause__", None) or error
    return getattr(error, "may_pass", False) or (isinstance(cause, OSError) and cause.errno in PASSING)


@task(cache_policy=NO_CACHE, task_run_name="write the report", retries=3, retry_condition_fn=may_pass)
def write_report(settings: Settings) -> Path:
    """Write the HTML report on the published version; raises ReportFailed for any error."""
    from report.page import render_report

    try:
        return render_report(settings.warehouse, settings.report, settings.watchlist_file)
    except Exception as error:
        raise ReportFailed(f"published, but the report was not written: {error}") from error


@task(
    cache_policy=NO_CACHE, task_run_name="bring the lake up to date", retries=3, retry_condition_fn=may_pass
)
def update_lake(settings: Settings) -> list[int]:
    """Copy the versions that the lake lacks. After LakeFailed, the next run copies them."""
    from flows.replicas.lake import replicate

    try:
        return replicate(settings).versions
    except OnRecordError as error:
        failed = LakeFailed(f"published, but not copied to the lake: {error}")
        failed.may_pass = getattr(error, "may_pass", False)
        raise failed from None


@task(cache_policy=NO_CACHE, task_run_name="tell people")
def tell_people(outcome: Outcome, settings: Settings) -> Outcome:
    """Notify people of a stop, warnings, a recovery or hits of saved searches; returns the outcome unchanged."""
    from flows.display.notify import notify, notify_news

    notify(outcome, settings, list_waits(settings))
    notify_news(outcome, settings, list_waits(settings))
    return outcome
