"""`onrecord rebuild`: what is stored, through today's code; `onrecord rollback`: back to a former version."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from flows.commands.common import (
    USAGE,
    WarehouseOption,
    exit_on_failure,
    fail,
    print_set_aside,
    read_settings,
    require_checks,
    require_corrections,
)
from flows.commands.ingest import ProcessesOption, WaitOption, print_outcome, run_flow


def rebuild(
    warehouse: WarehouseOption = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Articles of this day and later."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Articles of this day and earlier."),
    ] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Articles of this outlet.")] = None,
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Articles that another extractor looked at than today's.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="No more than N articles, those of the oldest run first."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything, checks included, but publish.")
    ] = False,
    processes: ProcessesOption = None,
    wait: WaitOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Find anew, with today's code, who said what in the articles that are stored; no file is read."""
    given = {"warehouse": warehouse, "dry_run": dry_run or None, "processes": processes, "wait": wait}
    settings = read_settings({name: value for name, value in given.items() if value is not None})
    require_checks(settings)
    require_corrections(settings)

    def call() -> object:
        from flows.rebuild import rebuild as rebuild_flow
        from transforms.extract import EXTRACTOR_VERSION

        older_than = EXTRACTOR_VERSION if outdated else None
        return rebuild_flow(settings, _day(since), _day(until), outlet, older_than, limit)

    with exit_on_failure(settings):
        from warehouse.files.connect import connect_readonly

        connect_readonly(settings.warehouse).close()
        outcome = run_flow(call, settings, quiet=quiet or as_json)
    print_outcome(outcome, quiet=quiet, as_json=as_json)


def rollback(
    version: Annotated[
        int | None, typer.Argument(metavar="[VERSION]", help="Its number; default: the one before.")
    ] = None,
    warehouse: WarehouseOption = None,
    show: Annotated[bool, typer.Option("--list", help="Only list the versions that are kept.")] = False,
) -> None:
    """Publish a former version again; the one that it replaces is kept in turn."""
    from warehouse.files.connect import RequestError
    from warehouse.files.lock import write_lock
    from warehouse.files.replace import previous_versions
    from warehouse.files.restore import roll_back

    settings = read_settings({} if warehouse is None else {"warehouse": warehouse})
    published = settings.warehouse.expanduser().resolve()
    if show:
        for number, file in previous_versions(published).items():
            print(f"{number}  {file}")
        return
    with exit_on_failure(settings):
        from report import render_report

        try:
            with write_lock(published, "rollback", settings.wait):
                restored = roll_back(published, version)
        except RequestError as error:
            fail(str(error), USAGE)
        render_report(settings.warehouse, settings.report)
    print(
        f"version {restored.restored_from} is published again, as version {restored.version_no}; "
        f"what is newer comes in again with the next run"
    )
    print_set_aside(restored.aside)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
