"""`onrecord withdraw`: remove articles; later runs leave them out, until the user allows them again."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.answering import FormOption, OutOption, answering, read_days
from flows.commands.common import USAGE, JsonOption, QuietOption, WarehouseOption, fail, read_settings
from flows.commands.ingest import WaitOption, print_outcome, run_flow
from flows.display.quantities import count

if TYPE_CHECKING:
    from flows.outcome import Outcome


def withdraw(
    run: Annotated[
        str | None, typer.Option("--run", metavar="ID", help="Articles that this run loaded.")
    ] = None,
    path: Annotated[
        str | None, typer.Option("--path", metavar="GLOB", help="Articles of this file, folder or pattern.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Articles loaded on this day or later.")
    ] = None,
    allow: Annotated[
        bool,
        typer.Option(
            "--allow", help="Allow these articles again; the next ingest of their files loads them."
        ),
    ] = False,
    show: Annotated[bool, typer.Option("--list", help="List the withdrawn articles.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Run every step except publishing.")] = False,
    warehouse: WarehouseOption = None,
    form: FormOption = None,
    out: OutOption = None,
    wait: WaitOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remove articles; later runs do not load them again."""
    from flows.run.withheld import Load, read_withheld
    from flows.run.withheld import allow as allow_load
    from warehouse.files.connect import connect_readonly
    from warehouse.query.ask import Answer

    settings = read_settings({"warehouse": warehouse, "wait": wait, "dry_run": dry_run or None})
    load = Load(run, path, read_days(since, "--since")[0] if since else None)
    if show:
        with answering(warehouse, form, out, rows=100) as (_, print_answer):
            print_answer(Answer.of(read_withheld(settings)))
        return
    if not str(load):
        fail(
            "name the articles with --run ID, --path GLOB or --since DAY; --list shows the withdrawn ones",
            USAGE,
        )
    if allow:
        allowed = allow_load(settings, load)
        print(f"{count(allowed, 'article')} allowed again; the next ingest of their files loads them")
        return
    connect_readonly(settings.warehouse).close()
    read_withheld(settings)

    def call() -> Outcome:
        from flows.withdraw import withdraw as withdraw_flow

        return withdraw_flow(settings, load.run, load.path, load.since)

    began = perf_counter()
    outcome = run_flow(call, settings, quiet=quiet or as_json)
    outcome.waited = perf_counter() - began
    print_outcome(outcome, quiet=quiet, as_json=as_json)
