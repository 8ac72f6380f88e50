"""`onrecord watchlist`: list, add and remove saved searches, and print their new hits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from flows.commands.common import EXIT_CODES, JsonOption, WarehouseOption, read_settings, reported
from flows.display.quantities import count

if TYPE_CHECKING:
    from flows.settings import Settings
    from report.watchlist import Watchlist

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the search.")]


def _open(warehouse: WarehouseOption) -> tuple[Settings, Watchlist]:
    from report.watchlist import Watchlist

    settings = read_settings({"warehouse": warehouse})
    return settings, Watchlist(settings.watchlist_file)


@app.command("list", epilog=EXIT_CODES)
@reported
def show(warehouse: WarehouseOption = None, as_json: JsonOption = False) -> None:
    """Print the saved searches."""
    _, watchlist = _open(warehouse)
    searches = watchlist.read()
    if as_json:
        listing = {"file": str(watchlist.path), "searches": {saved.name: saved.query for saved in searches}}
        print(json.dumps(listing, ensure_ascii=False))
        return
    for saved in searches:
        Console().print(Text(f"{saved.name}  {saved.query}"), soft_wrap=True)
    if not searches:
        print(f"no search is saved in {watchlist.path}; save one with: onrecord watchlist add NAME SEARCH")


@app.command(epilog=EXIT_CODES)
@reported
def add(
    name: NameArgument,
    search: Annotated[
        str,
        typer.Argument(
            metavar="SEARCH",
            help="Words, or the query part of an explorer address: 'q=harbour&speaker=Marsk'.",
        ),
    ],
    warehouse: WarehouseOption = None,
) -> None:
    """Save a search; each run then reports its new hits."""
    _, watchlist = _open(warehouse)
    saved = watchlist.add(name, search)
    print(f"saved in {watchlist.path}: {saved.name}  {saved.query}")


@app.command(epilog=EXIT_CODES)
@reported
def remove(name: NameArgument, warehouse: WarehouseOption = None) -> None:
    """Remove a saved search."""
    _, watchlist = _open(warehouse)
    print(f"removed from {watchlist.path}: {watchlist.remove(name).name}")


@app.command(epilog=EXIT_CODES)
@reported
def run(
    warehouse: WarehouseOption = None,
    run_id: Annotated[
        str | None,
        typer.Option(
            "--run", metavar="ID", help="Show the hits of this run instead of those of the last run."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print the new hits of each saved search.

    The default is the last run that added statements.
    """
    from report.watchlist import find_news
    from warehouse.files.connect import query

    settings, watchlist = _open(warehouse)
    searches = watchlist.read()
    last = "SELECT max(run_id) FROM ops.versions SEMI JOIN main.statements USING (run_id)"
    chosen = run_id or query(settings.warehouse, last).item() or ""
    news = find_news(settings.warehouse, searches, chosen)
    if as_json:
        listing = {one.name: {"new": one.statements, "address": one.address} for one in news}
        print(json.dumps({"run_id": chosen, "searches": listing}, ensure_ascii=False))
        return
    print(
        f"run {chosen}: {count(len(news), 'search has', 'searches have')} new statements, of {len(searches)} saved"
    )
    for one in news:
        Console().print(Text(f"{one.name}: {one.statements:,} new  {one.address}"), soft_wrap=True)
        for row in one.examples:
            _show(row)


def _show(row: dict[str, object]) -> None:
    from flows.display.summary import plain

    speaker = plain(row["speaker"] or row["source"] or "no speaker")
    statement = plain(row["statement"])
    Console().print(
        Text(f"  {row['published_on'] or 'no day'}  {speaker}: {statement[:200]}"), soft_wrap=True
    )
