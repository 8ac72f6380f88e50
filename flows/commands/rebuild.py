"""`onrecord rebuild`: analyse stored articles again; `onrecord rollback`: publish a previous version again."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.answering import SinceOption, UntilOption, read_days
from flows.commands.common import (
    JsonOption,
    QuietOption,
    WarehouseOption,
    print_set_aside,
    read_settings,
    require_checks,
    require_corrections,
)
from flows.commands.ingest import ProcessesOption, WaitOption, print_outcome, run_flow

if TYPE_CHECKING:
    from flows.outcome import Outcome


def rebuild(
    warehouse: WarehouseOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Only articles of this outlet.")] = None,
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Only articles analysed by another extractor version.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="At most N articles, beginning with those of the oldest runs."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Run every step except publishing.")] = False,
    processes: ProcessesOption = None,
    wait: WaitOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Analyse the stored articles again with the current code."""
    given = {"warehouse": warehouse, "dry_run": dry_run or None, "processes": processes, "wait": wait}
    settings = read_settings(given)
    require_checks(settings)
    require_corrections(settings)

    first = read_days(since, "--since")[0] if since else None
    last = read_days(until, "--until")[1] if until else None

    def call() -> Outcome:
        from flows.rebuild import rebuild as rebuild_flow
        from transforms.extract import EXTRACTOR_VERSION

        older_than = EXTRACTOR_VERSION if outdated else None
        return rebuild_flow(settings, first, last, outlet, older_than, limit)

    from warehouse.files.connect import connect_readonly

    connect_readonly(settings.warehouse).close()
    began = perf_counter()
    outcome = run_flow(call, settings, quiet=quiet or as_json)
    outcome.waited = perf_counter() - began
    print_outcome(outcome, quiet=quiet, as_json=as_json)


def rollback(
    version: Annotated[
        int | None,
        typer.Argument(metavar="VERSION", help="Number of the version.", show_default="the previous one"),
    ] = None,
    warehouse: WarehouseOption = None,
    show: Annotated[bool, typer.Option("--list", help="List the previous versions.")] = False,
) -> None:
    """Publish a previous version again."""
    from warehouse.files.lock import write_lock
    from warehouse.files.replace import previous_versions
    from warehouse.files.restore import roll_back

    settings = read_settings({"warehouse": warehouse})
    published = settings.warehouse.expanduser().resolve()
    if show:
        for number, file in previous_versions(published).items():
            print(f"{number}  {file}")
        return
    from report.page import render_report

    with write_lock(published, "rollback", settings.wait):
        restored = roll_back(published, version)
    render_report(settings.warehouse, settings.report, settings.watchlist_file)
    print(
        f"version {restored.restored_from} is published again, as version {restored.version_no}; "
        f"the next run loads newer articles again"
    )
    print_set_aside(restored.aside)
