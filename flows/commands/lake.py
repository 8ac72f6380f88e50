"""`onrecord lake`: what a DuckLake holds, and the published warehouse brought there by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.answering import (
    FormOption,
    OutOption,
    RawOption,
    RowsOption,
    answering,
    end_of,
    read_bounds,
)
from flows.commands.common import EXIT_CODES, USAGE, WarehouseOption, fail, read_settings, reported
from flows.display.quantities import count

app = typer.Typer(
    help="A DuckLake shared by many machines.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

NameOption = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="One warehouse of the lake.", show_default="all as one"),
]


@app.command(epilog=EXIT_CODES)
@reported
def update(warehouse: WarehouseOption = None) -> None:
    """Bring the versions that the lake lacks; `onrecord ingest` does so by itself."""
    from flows.replicas.lake import replicate

    settings = read_settings({"warehouse": warehouse})
    done = replicate(settings)
    versions = ", ".join(map(str, done.versions))
    print(
        f"brought version {versions} ({count(done.rows, 'row')})"
        if done.versions
        else "the lake is up to date"
    )


@app.command(epilog=EXIT_CODES)
@reported
def snapshots(form: FormOption = "table", out: OutOption = None, rows: RowsOption = 100) -> None:
    """List the snapshots: when which version of which warehouse was brought."""
    from flows.replicas.lake import read_snapshots
    from warehouse.query.ask import Answer

    with answering(None, form, out, rows) as (_, show):
        show(Answer.of(read_snapshots(read_settings())))


@app.command(epilog=EXIT_CODES)
@reported
def sql(
    query: Annotated[str, typer.Argument(metavar="SQL", help="One or more statements.")],
    name: NameOption = None,
    snapshot: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="The lake as it was in snapshot N.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DAY", help="The lake as it was on a day or at a moment (UTC).")
    ] = None,
    form: FormOption = None,
    out: OutOption = None,
    rows: RowsOption = 100,
    raw: RawOption = False,
) -> None:
    """Ask the lake in SQL, with the tables and views of a warehouse. It is opened read-only."""
    from flows.replicas.lake import ask

    if snapshot is not None and as_of is not None:
        fail("--snapshot and --as-of exclude each other", USAGE)
    at = end_of(as_of) if as_of else snapshot
    with answering(None, form, out, rows, raw=raw) as (_, show):
        for answer in ask(read_settings(), query, name, at, read_bounds()):
            show(answer)


@app.command(epilog=EXIT_CODES)
@reported
def tidy(
    keep_days: Annotated[
        int, typer.Option(min=1, metavar="N", help="Keep the snapshots of so many days, and the last one.")
    ] = 365,
) -> None:
    """Put the small files of many versions together, and drop old snapshots."""
    from flows.replicas.lake import tidy as tidy_lake

    print(f"{count(tidy_lake(read_settings(), keep_days), 'snapshot')} dropped")


@app.command(epilog=EXIT_CODES)
@reported
def remove(name: Annotated[str, typer.Argument(metavar="NAME", help="As it is called in the lake.")]) -> None:
    """Take a warehouse out of the lake; earlier snapshots still have it."""
    from flows.replicas.lake import remove as remove_warehouse

    print(f"{count(remove_warehouse(read_settings(), name), 'row')} of {name} removed")
