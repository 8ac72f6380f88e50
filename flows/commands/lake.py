"""`onrecord lake`: query and maintain a DuckLake, and copy the published warehouse to it by hand."""

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
    help="Use a DuckLake that many machines share.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

NameOption = Annotated[
    str | None,
    typer.Option(
        "--name", metavar="NAME", help="Query only this warehouse of the lake.", show_default="all, combined"
    ),
]


@app.command(epilog=EXIT_CODES)
@reported
def update(warehouse: WarehouseOption = None) -> None:
    """Copy missing versions to the lake, as each ingest does."""
    from flows.replicas.lake import replicate

    settings = read_settings({"warehouse": warehouse})
    done = replicate(settings)
    versions = ", ".join(map(str, done.versions))
    print(
        f"copied version {versions} ({count(done.rows, 'row')})"
        if done.versions
        else "the lake is up to date"
    )


@app.command(epilog=EXIT_CODES)
@reported
def snapshots(form: FormOption = "table", out: OutOption = None, rows: RowsOption = 100) -> None:
    """List the snapshots: warehouse, version and time of each copy."""
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
        int | None, typer.Option(min=0, metavar="N", help="Query snapshot N of the lake.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DAY", help="Query the lake as it was on a day or at a time (UTC).")
    ] = None,
    form: FormOption = None,
    out: OutOption = None,
    rows: RowsOption = 100,
    raw: RawOption = False,
) -> None:
    """Query the lake in SQL, read-only. It has the tables and views of a warehouse."""
    from flows.replicas.lake import ask

    if snapshot is not None and as_of is not None:
        fail("give either --snapshot or --as-of, not both", USAGE)
    at = end_of(as_of) if as_of else snapshot
    with answering(None, form, out, rows, raw=raw) as (_, show):
        for answer in ask(read_settings(), query, name, at, read_bounds()):
            show(answer)


@app.command(epilog=EXIT_CODES)
@reported
def tidy(
    keep_days: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="Keep the snapshots of the last N days, and always the latest snapshot."
        ),
    ] = 365,
    orphans: Annotated[
        bool,
        typer.Option(
            "--orphans",
            help="Also delete files that interrupted copies left more than a day ago. "
            "The folder of the lake must belong to this lake alone.",
        ),
    ] = False,
) -> None:
    """Merge the small files of many versions, and drop old snapshots."""
    from flows.replicas.lake import tidy as tidy_lake

    done = tidy_lake(read_settings(), keep_days, orphans=orphans)
    print(f"{count(done.snapshots, 'snapshot')} dropped")
    if orphans:
        print(f"{count(done.orphans, 'orphaned file')} deleted")


@app.command(epilog=EXIT_CODES)
@reported
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the warehouse in the lake.")],
) -> None:
    """Remove a warehouse from the lake. Earlier snapshots still have it."""
    from flows.replicas.lake import remove as remove_warehouse

    print(f"{count(remove_warehouse(read_settings(), name), 'row')} of {name} removed")
