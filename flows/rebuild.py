"""Analyse stored articles again with the current code, and publish the result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.metadata import version

from prefect import flow

from expectations.rulebook import open_rulebook
from flows.compute.workers import ArticleBatch
from flows.display.artifacts import shown
from flows.form import formed
from flows.ingest import find_and_stage, judge_and_publish
from flows.last_resort import bound_checks
from flows.outcome import Outcome
from flows.run import tasks
from flows.run.admit import admitted
from flows.run.attempt import attempt_noted
from flows.run.batches import READ_AT_ONCE, split_articles
from flows.run.corrections import open_corrections
from flows.run.state import Run, always_there
from flows.run.timeouts import in_time
from flows.run.turn import in_turn
from flows.settings import Settings
from warehouse.staging.next_version import NextVersion, open_next
from warehouse.staging.reprocess import ReprocessFilter, read_withdrawn, withdraw_selected


def name_rebuild() -> str:
    """The flow run's name in Prefect: `rebuild 2026-11-22 16:00:05`."""
    return f"rebuild {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


@formed(
    first=("since", "until", "outlet", "limit", "older_than"),
    settings=("data_docs", "dry_run", "languages", "wait"),
)
@flow(name="rebuild", flow_run_name=name_rebuild, version=version("onrecord"))
@shown
@admitted
@attempt_noted
@in_time
@in_turn
def rebuild(
    settings: Settings | None = None,
    since: date | None = None,
    until: date | None = None,
    outlet: str | None = None,
    older_than: str | None = None,
    limit: int | None = None,
) -> Outcome:
    """Analyse stored articles again and publish the result as the next version; reads no file.

    Without conditions all articles are analysed. Replaced rows stay in `history`. Raises the same errors as `ingest`.

    Args:
        settings: Settings that are not given come from the environment of the worker.
        since: Only articles published on this day or later.
        until: Only articles published on this day or earlier.
        outlet: Only articles of this outlet.
        older_than: Only articles analysed by an extractor version other than this one.
        limit: At most this number of articles, beginning with those of the oldest runs.
    """
    which = ReprocessFilter(since, until, outlet, older_than, limit)
    run = Run([f"rebuild {which}".rstrip()], settings or Settings(), datetime.now(UTC))
    book = open_rulebook(
        run.settings.thresholds, run.settings.checks_folder, bound_checks(run.settings)
    ).without_trends()
    run.corrections = open_corrections(run.settings)
    with open_next(
        run.settings.warehouse,
        run.run_id,
        run.settings.wait,
        run.fingerprint,
        always_there,
        run.settings.memory,
    ) as next_version:
        run.begin(next_version)
        run.counters.articles_new = withdraw_selected(next_version, which, run.settings.languages)
        find_and_stage(run, read_batches(run, next_version), next_version)
        if not run.counters.articles_new:
            return run.end("nothing_new", next_version)
        outcome = judge_and_publish(run, book, next_version)
    if outcome.status == "published":
        run.steps.call(tasks.write_report)(run.settings)
    if run.settings.lake and outcome.status == "published":
        run.steps.call(tasks.update_lake)(run.settings)
    return run.steps.call(tasks.tell_people)(outcome, run.settings)


def read_batches(run: Run, next_version: NextVersion) -> Iterator[ArticleBatch]:
    """Yield batches of the stored articles that are to be analysed."""
    for articles in read_withdrawn(next_version, READ_AT_ONCE):
        yield from split_articles(articles, {}, run.settings.articles_per_batch)
