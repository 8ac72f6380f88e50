"""Stored articles -> their statements and actors, recomputed with today's code."""

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
from flows.outcome import Outcome
from flows.run import tasks
from flows.run.admit import admitted
from flows.run.attempt import attempt_noted
from flows.run.batches import split_articles
from flows.run.corrections import open_corrections
from flows.run.state import Run, always_there
from flows.run.timeouts import in_time
from flows.run.turn import in_turn
from flows.settings import Settings
from warehouse.staging.next_version import NextVersion, open_next
from warehouse.staging.reprocess import ReprocessFilter, read_withdrawn, withdraw_selected

READ_AT_ONCE = 500  # stored articles, long ones too


def name_rebuild() -> str:
    """The flow run's name in Prefect."""
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
    """Recompute everything that rests on stored articles and publish it as the next version; no file is read.

    Of all articles, or of those published `since` and `until` a day, by one `outlet`, that an extractor `older_than`
    the one of that name looked at, no more than `limit` of them. What it was before stays in `history`. Raises what
    the main job raises.

    Args:
        settings: What is left out comes from the environment of the worker.
        since: Articles that were published on this day or later.
        until: Articles that were published on this day or earlier.
        outlet: Articles of this outlet.
        older_than: Articles that another extractor than this one looked at.
        limit: At most so many articles, of the oldest runs first.
    """
    which = ReprocessFilter(since, until, outlet, older_than, limit)
    run = Run([f"rebuild {which}"], settings or Settings(), datetime.now(UTC))
    book = open_rulebook(run.settings.thresholds, run.settings.checks_folder).without_trends()
    run.corrections = open_corrections(run.settings)
    with open_next(
        run.settings.warehouse,
        run.run_id,
        run.settings.wait,
        run.identity.fingerprint,
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
    """The stored articles in batches."""
    for articles in read_withdrawn(next_version, READ_AT_ONCE):
        yield from split_articles(articles, {}, run.settings.articles_per_batch)
