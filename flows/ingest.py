"""The main job: article files in; a validated, published warehouse and its report out."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version

from prefect import flow

from expectations.rulebook import open_rulebook
from flows import tasks
from flows.outcome import Outcome, RunStopped
from flows.progress import show_progress
from flows.run import Run, name_run
from flows.settings import Settings
from flows.sources import count_files, find_files
from warehouse.stage import open_next


@flow(name="ingest", flow_run_name=name_run, version=version("onrecord"))
def ingest(paths: list[str], settings: Settings | None = None) -> Outcome:
    """Read the files that `paths` name (files, folders, globs), find who said what, check it and publish it.

    Raises RunStopped when a critical check fails, SourceError for a path that names nothing, CheckError for a check
    of yours or a threshold that cannot be, WarehouseError
    when another run holds the warehouse: then and after any other error the published file is as it was. Only
    ReportFailed comes when the next version is published already.
    """
    run = Run(paths, settings or Settings(), datetime.now(UTC))
    book = open_rulebook(run.settings.thresholds, run.settings.checks_folder)
    files = find_files(paths, without=run.settings.outputs)
    run.files_total = count_files(paths, without=run.settings.outputs)
    with open_next(run.settings.warehouse, run.run_id) as next_version:
        known = tasks.read_known(run.settings.warehouse)
        for batch in run.split_files(files):
            read = tasks.read_files(batch, known, **run.reading_limits())
            articles, places = tasks.build_new_articles(read.records, known, **run.making())
            run.note_reading(read, places)
            for part in run.split_articles(articles):
                tables = tasks.find_statements(part, **run.making())
                tasks.stage(next_version, tables)
                run.note_tables(tables)
        if not run.has_news(known.rejects):
            return run.end("nothing_new")
        tasks.stage(next_version, run.ledger())
        show_progress("Checking")
        run.note_verdict(tasks.check(next_version, book), next_version)
        if run.is_stopped:
            run.kept_at = tasks.keep_version(next_version, run.settings.state)
            raise RunStopped(tasks.tell_people(run.end("stopped"), run.settings))
        if run.settings.dry_run:
            return run.end("dry_run")
        show_progress("Publishing")
        tasks.publish_version(next_version)
    tasks.write_report(run.settings.warehouse, run.settings.report)
    return tasks.tell_people(run.end("published"), run.settings)
