"""Remove articles of a run, of files or since a day from the warehouse, and leave them out of later runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.metadata import version

from prefect import flow

from expectations.rulebook import open_rulebook
from flows.display.artifacts import shown
from flows.form import formed
from flows.ingest import judge_and_publish
from flows.last_resort import bound_checks
from flows.outcome import Outcome
from flows.run import tasks
from flows.run.admit import admitted
from flows.run.attempt import attempt_noted
from flows.run.corrections import open_corrections
from flows.run.state import Run, always_there
from flows.run.timeouts import in_time
from flows.run.turn import in_turn
from flows.run.withheld import Load, add_withheld, is_of_path
from flows.settings import Settings
from warehouse.staging.next_version import open_next
from warehouse.staging.withdraw import read_loaded, withdraw_articles

# A load may be a large share of all articles.
THRESHOLDS = {"withdrawn_articles_are_few.max_share": 1.0}


def name_withdrawal() -> str:
    """The flow run's name in Prefect: `withdraw 2026-11-22 16:00:05`."""
    return f"withdraw {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


@formed(first=("run", "path", "since"), settings=("data_docs", "dry_run", "wait"))
@flow(name="withdraw", flow_run_name=name_withdrawal, version=version("onrecord"))
@shown
@admitted
@attempt_noted
@in_time
@in_turn
def withdraw(
    settings: Settings | None = None,
    run: str | None = None,
    path: str | None = None,
    since: date | None = None,
) -> Outcome:
    """Remove the articles that meet all given conditions, publish the next version, and keep them out of later runs.

    Raises the same errors as `ingest`.

    Args:
        settings: Settings that are not given come from the environment of the worker.
        run: Articles that this run loaded.
        path: Articles of this file, of the files in this folder, or of the files that match this pattern.
        since: Articles loaded on this day (UTC) or later.
    """
    load = Load(run, path, since)
    this = Run([f"withdraw {load}"], settings or Settings(), datetime.now(UTC))
    book = open_rulebook(
        this.settings.thresholds | THRESHOLDS, this.settings.checks_folder, bound_checks(this.settings)
    ).without_trends()
    this.corrections = open_corrections(this.settings)
    with open_next(
        this.settings.warehouse,
        this.run_id,
        this.settings.wait,
        this.identity.fingerprint,
        always_there,
        this.settings.memory,
    ) as next_version:
        this.begin(next_version)
        loaded = read_loaded(next_version, run, since)
        selected = loaded.filter([path is None or is_of_path(stored, path) for stored in loaded["path"]])
        if selected.is_empty():
            return this.end("nothing_new", next_version)
        withdraw_articles(next_version, selected["article_id"])
        outcome = judge_and_publish(this, book, next_version)
        if outcome.status == "published":
            add_withheld(this.settings, selected)
    if outcome.status == "published":
        this.steps.call(tasks.write_report)(this.settings)
    if this.settings.lake and outcome.status == "published":
        this.steps.call(tasks.update_lake)(this.settings)
    return this.steps.call(tasks.tell_people)(outcome, this.settings)
