"""Run the main job: read article files, publish what was found in them, and write the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
from prefect import flow
from pydantic import Field

from expectations.gate import open_gate
from expectations.rulebook import open_rulebook
from flows.compute.analysis import LONG
from flows.compute.memory import give_back
from flows.compute.readers import open_reader
from flows.compute.workers import ArticleBatch
from flows.display.artifacts import shown
from flows.display.logs import log_step
from flows.display.progress import show_progress
from flows.display.quantities import count
from flows.form import choose, formed
from flows.last_resort import bound_checks
from flows.outcome import Outcome, RunStopped
from flows.run import tasks
from flows.run.admit import admitted
from flows.run.attempt import attempt_noted
from flows.run.batches import (
    find_tables_of,
    forget_vanished_files,
    read_article_batches,
    reread_holders,
    split_again,
)
from flows.run.corrections import are_corrections_new, open_corrections, withdraw_edited
from flows.run.state import Run, are_still_there, name_run
from flows.run.timeouts import in_time
from flows.run.turn import in_turn
from flows.run.withheld import read_withheld
from flows.settings import Settings
from flows.sources.local import count_files, find_files, folders_among
from flows.sources.variables import expand_variables
from flows.unchanged import note_settled
from warehouse.files.connect import find_writer
from warehouse.files.lock import find_holder
from warehouse.staging.next_version import NextVersion, open_next
from warehouse.staging.publish import copy_ahead
from warehouse.staging.seen import has_news

if TYPE_CHECKING:
    from expectations.gate import Gate, Verdict
    from expectations.rulebook import RuleBook

SMALL = 10_000  # statements; so few are resolved and checked with one thread, which takes less CPU time


@formed(
    first=("paths", "limit", "dry_run"), settings=("again", "data_docs", "languages", "map", "prune", "wait")
)
@flow(name="ingest", flow_run_name=name_run, version=version("onrecord"))
def ingest(
    paths: list[str],
    settings: Settings | None = None,
    limit: Annotated[int, Field(ge=1)] | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Read the files that `paths` name, find who said what, check the result and publish it.

    Raises RunStopped if a critical check fails, SourceError for a path that leads to no file, CheckError for an invalid
    check or threshold, CorrectionError for a correction that cannot be applied, WarehouseError if another run holds the
    warehouse. After any error the published file is unchanged, except that ReportFailed and LakeFailed are raised after
    the next version is published. The next run with the same paths and settings resumes a failed or killed run.

    Args:
        paths: Files, folders and their subfolders, globs, addresses (`s3://`, `https://`, `block://NAME`), `variable://NAME`.
        settings: Settings that are not given come from the environment of the worker.
        limit: Stop opening files after this number of articles.
        dry_run: Run every step except publishing.
    """
    return _ingest(expand_variables(paths), choose(settings, limit=limit, dry_run=dry_run))


@shown
@admitted
@attempt_noted
@in_time
@in_turn
def _ingest(paths: list[str], settings: Settings) -> Outcome:
    run = Run(paths, settings, datetime.now(UTC))
    book = open_rulebook(run.settings.thresholds, run.settings.checks_folder, bound_checks(run.settings))
    run.corrections = open_corrections(run.settings)
    run.withheld = read_withheld(run.settings)
    files = find_files(paths, without=run.settings.outputs, reach=run.settings.reach)
    run.counters.files_total = count_files(paths, without=run.settings.outputs)
    if holder := find_holder(run.settings.warehouse) or find_writer(run.settings.warehouse):
        show_progress(f"Waiting for {holder}")
        log_step(f"waiting for {holder}, {run.settings.wait:.0f} s at most")
    with open_next(
        run.settings.warehouse,
        run.run_id,
        run.settings.wait,
        run.fingerprint,
        are_still_there,
        run.settings.memory,
    ) as next_version:
        run.begin(next_version)
        with open_reader(run.settings.reader_bounds) as reader:
            find_and_stage(run, read_article_batches(run, files, next_version, reader), next_version)
            if run.settings.prune:
                forget_vanished_files(run, folders_among(paths), next_version)
            reread_holders(run, next_version, reader)
        if (edited := withdraw_edited(next_version, run.corrections)).height:
            find_and_stage(run, split_again(run, next_version, edited), next_version)
        if has_news(next_version) or are_corrections_new(next_version, run.corrections):
            outcome = judge_and_publish(run, book, next_version)
        else:
            outcome = run.end("nothing_new", next_version)
    if outcome.status == "published" or not tasks.is_reported(run.settings):
        with run.times.timed("report", lambda: f"wrote the report {run.settings.report}"):
            run.steps.call(tasks.write_report)(run.settings)
    if outcome.status in ("published", "nothing_new"):
        note_settled(run.settings, run.corrections, run.withheld)
    if run.settings.lake and outcome.status in ("published", "nothing_new"):
        run.steps.call(tasks.update_lake)(run.settings)
    return run.steps.call(tasks.tell_people)(outcome, run.settings)


def find_and_stage(run: Run, parts: Iterable[ArticleBatch], next_version: NextVersion) -> None:
    """Find the statements in each batch of articles, and stage the results with their ledger rows every few seconds."""
    links: list[Any] = []  # states of the tasks that found the batches not staged yet
    with closing(find_tables_of(run, parts)) as found:
        for part, later in found:
            size = part.articles.height
            is_long = size and part.articles["body"].str.len_bytes().sum() > LONG
            if size:
                _copy_ahead(run, next_version)
            if size and not is_long:
                _import_what_follows()
            describe = (lambda size=size: f"found statements in {count(size, 'article')}") if size else None
            with run.times.timed("find statements", describe):
                tables = run.steps.call(tasks.find_statements, [part.after])(later)
            links.append(run.steps.last)
            run.note_found(tables, part.ledger)
            if is_long:
                give_back()
            if run.unstaged.is_due:
                _stage(run, next_version, links)
    if run.unstaged.tables:
        _stage(run, next_version, links)
    rejected = run.steps.call(tasks.reject_unanalysed)(next_version)
    if rejected:
        log_step(f"rejected {count(rejected, 'article')} whose analysis exceeded a limit")


def _import_what_follows() -> None:
    """Import the modules for checks and report while this process waits for the workers; that takes seconds.

    The modules take 150 MB, so this is not called while the workers analyse long texts.
    """
    for module in ("expectations.suites", "report"):
        import_module(module)


def _stage(run: Run, next_version: NextVersion, links: list[Any]) -> None:
    articles, statements = (sum(_rows(run.unstaged.tables, name)) for name in ("articles", "statements"))
    staged = f"staged {count(articles, 'article')}, {count(statements, 'statement')}"
    with run.times.timed("stage", lambda: staged):
        stage = run.steps.call(tasks.stage, [*links, run.steps.last_of.get("stage")])
        stage(next_version, *run.unstaged.tables, unanalysed=run.unstaged.unanalysed)
    links.clear()
    run.unstaged.clear()


def _rows(batches: Iterable[Mapping[str, pl.DataFrame]], name: str) -> Iterator[int]:
    return (tables[name].height for tables in batches if name in tables)


def judge_and_publish(run: Run, book: RuleBook, next_version: NextVersion) -> Outcome:
    """Reject articles at fault, resolve and check the rest; publish unless a check fails or this is a dry run."""
    run.steps.call(tasks.stage)(next_version, run.identity.ledger())
    docs = run.settings.data_docs_folder if run.settings.data_docs else None
    _copy_ahead(run, next_version)
    with (
        next_version.one_thread(SMALL),
        open_gate(next_version, book, docs, bound_checks(run.settings)) as gate,
    ):
        run.verdict = judge(run, gate, next_version)
    next_version.stage(run.times.metrics(run.run_id))
    if run.is_stopped:
        outcome = run.end("stopped", next_version)
        outcome.kept_at = run.steps.call(tasks.keep_version)(next_version, run.settings.state)
        raise RunStopped(run.steps.call(tasks.tell_people)(outcome, run.settings))
    if run.settings.dry_run:
        return run.end("dry_run", next_version)
    show_progress("Publishing")
    outcome = run.end("published", next_version)
    with run.times.timed("publish", lambda: f"published {count(outcome.statements, 'statement')}"):
        run.steps.call(tasks.publish_to(run.settings))(next_version, run.settings)
    return outcome


def _copy_ahead(run: Run, next_version: NextVersion) -> None:
    if run.settings.publish == "copy" and not run.settings.dry_run:
        copy_ahead(next_version)


def judge(run: Run, gate: Gate, next_version: NextVersion) -> Verdict:
    """Reject, resolve and check until no further article is at fault; returns the verdict on the staged rows."""
    show_progress("Checking")
    verdict = None
    while verdict is None or verdict.is_open:
        with run.times.timed("check"):
            rejected = run.steps.call(tasks.reject)(gate)
        if rejected:
            log_step(f"checks rejected {count(rejected, 'article or file', 'articles and files')}")
        if not gate.is_tripped:
            with run.times.timed("resolve", lambda: "resolved stories and actors"):
                run.steps.call(tasks.resolve)(next_version, run.corrections)
        with run.times.timed("check", lambda: "checked all staged rows"):
            verdict = run.steps.call(tasks.check)(gate)
    log_step(f"checks: {verdict.label}, {count(int(verdict.checks['success'].sum()), 'check')} passed")
    return verdict
