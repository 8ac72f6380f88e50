"""The main job: article files in; a validated, published warehouse and its report out."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

from prefect import flow

from expectations.gate import open_gate
from expectations.rulebook import open_rulebook
from flows import tasks
from flows.admit import admitted
from flows.attempt import attempt_noted
from flows.corrections import are_corrections_new, open_corrections
from flows.outcome import Outcome, RunStopped
from flows.progress import show_progress
from flows.reading import forget_vanished_files, read_parts, reread_holders
from flows.run import Run, are_still_there, name_run
from flows.settings import Settings
from flows.sources import count_files, find_files, folders_among
from flows.tell import shown
from flows.workers import Part
from warehouse.known import has_news
from warehouse.lock import find_holder
from warehouse.stage import NextVersion, open_next

if TYPE_CHECKING:
    from expectations.gate import Gate, Verdict
    from expectations.rulebook import RuleBook


@flow(name="ingest", flow_run_name=name_run, version=version("onrecord"))
@shown
@admitted
@attempt_noted
def ingest(paths: list[str], settings: Settings | None = None) -> Outcome:
    """Read the files that `paths` name (files, folders, globs), find who said what, check it and publish it.

    Raises RunStopped when a critical check fails, SourceError for a path that names nothing, CheckError for a check
    of yours or a threshold that cannot be, CorrectionError for a line of the corrections that cannot be applied,
    WarehouseError when another run holds the warehouse: then and after any other error the published file is as it
    was. Only ReportFailed and LakeFailed come when the next version is published already. A run that broke down or
    was killed is gone on with by the next one of the same paths and settings.

    Args:
        paths: Files, folders (with all below), globs or addresses (`s3://`, `https://`, `block://NAME`).
        settings: What is left out comes from the environment of the worker.
    """
    run = Run(paths, settings or Settings(), datetime.now(UTC))
    book = open_rulebook(run.settings.thresholds, run.settings.checks_folder)
    run.corrections = open_corrections(run.settings)
    files = find_files(paths, without=run.settings.outputs, reach=run.settings.reach)
    run.files_total = count_files(paths, without=run.settings.outputs)
    if holder := find_holder(run.settings.warehouse):
        show_progress(f"Waiting for {holder}")
    with open_next(
        run.settings.warehouse,
        run.run_id,
        run.settings.wait,
        run.fingerprint,
        are_still_there,
        run.settings.memory,
    ) as next_version:
        run.begin(next_version)
        find_and_stage(run, read_parts(run, files, next_version), next_version)
        if run.settings.prune:
            forget_vanished_files(run, folders_among(paths), next_version)
        reread_holders(run, next_version)
        if has_news(next_version) or are_corrections_new(next_version, run.corrections):
            outcome = judge_and_publish(run, book, next_version)
        else:
            outcome = run.end("nothing_new", next_version)
    if outcome.status == "published" or not tasks.is_reported(run.settings):
        tasks.write_report(run.settings.warehouse, run.settings.report)
    if run.settings.lake and outcome.status in ("published", "nothing_new"):
        tasks.update_lake(run.settings)
    return tasks.tell_people(outcome, run.settings)


def find_and_stage(run: Run, parts: Iterable[Part], next_version: NextVersion) -> None:
    """Find what is said in each batch of articles; stage it every few seconds, with the rows of the ledger about it."""
    with closing(run.find(parts)) as found:
        for part, later in found:
            if part.articles.height:
                _import_what_follows()
            with run.timed("find statements"):
                tables = tasks.find_statements(later)
            run.note_found(tables, part.ledger)
            if run.is_staging_due:
                _stage(run, next_version)
    if run.unstaged:
        _stage(run, next_version)


def _import_what_follows() -> None:
    """Import what checks and reports now, where other processes work and this one waits: it takes seconds."""
    for module in ("expectations.suites", "report"):
        import_module(module)


def _stage(run: Run, next_version: NextVersion) -> None:
    with run.timed("stage"):
        tasks.stage(next_version, *run.unstaged)
    run.note_staged()


def judge_and_publish(run: Run, book: RuleBook, next_version: NextVersion) -> Outcome:
    """Reject the articles at fault, resolve and check the rest; publish it unless that fails or it is a dry run."""
    tasks.stage(next_version, run.ledger())
    docs = run.settings.data_docs_folder if run.settings.data_docs else None
    with open_gate(next_version, book, docs) as gate:
        run.note_verdict(judge(run, gate, next_version))
    next_version.stage(run.step_seconds())
    if run.is_stopped:
        outcome = run.end("stopped", next_version)
        outcome.kept_at = tasks.keep_version(next_version, run.settings.state)
        raise RunStopped(tasks.tell_people(outcome, run.settings))
    if run.settings.dry_run:
        return run.end("dry_run", next_version)
    show_progress("Publishing")
    outcome = run.end("published", next_version)
    tasks.publish_version(next_version, run.settings)
    return outcome


def judge(run: Run, gate: Gate, next_version: NextVersion) -> Verdict:
    """The verdict on what is staged, once no more articles are found at fault."""
    show_progress("Checking")
    verdict = None
    while verdict is None or verdict.is_open:
        with run.timed("check"):
            tasks.reject(gate)
        if not gate.is_tripped:
            with run.timed("resolve"):
                tasks.resolve(next_version, run.corrections)
        with run.timed("check"):
            verdict = tasks.check(gate)
    return verdict
