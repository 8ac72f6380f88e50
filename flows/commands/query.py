"""`onrecord sql`, `tables` and `search`: query the warehouse, read-only."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.answering import (
    AsOfOption,
    BomOption,
    FormOption,
    OutOption,
    RawOption,
    RowsOption,
    SinceOption,
    UntilOption,
    VersionOption,
    answering,
    pick_version,
    read_bounds,
    read_days,
)
from flows.commands.common import USAGE, WarehouseOption, fail


def sql(
    query: Annotated[
        str | None,
        typer.Argument(metavar="SQL", help="One or more statements; - reads standard input."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="Read the SQL from a file.")
    ] = None,
    warehouse: WarehouseOption = None,
    form: FormOption = None,
    out: OutOption = None,
    version: VersionOption = None,
    as_of: AsOfOption = None,
    rows: RowsOption = 100,
    raw: RawOption = False,
    bom: BomOption = False,
) -> None:
    """Query the warehouse in SQL, read-only."""
    from warehouse.query.ask import ask

    text = _read_query(query, file)
    with answering(warehouse, form, out, rows, raw=raw, bom=bom) as (path, show):
        for answer in ask(path, text, pick_version(path, version, as_of), read_bounds()):
            show(answer)


def _read_query(query: str | None, file: Path | None) -> str:
    if (query is None) == (file is None):
        fail("give the query as SQL, as - for standard input, or with --file FILE", USAGE)
    try:
        return file.read_text(encoding="utf-8") if file else sys.stdin.read() if query == "-" else query or ""
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file}: {error}", USAGE)


def tables(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="List the columns of this table or view.")
    ] = None,
    warehouse: WarehouseOption = None,
    form: FormOption = None,
    out: OutOption = None,
) -> None:
    """List tables, views and macros, or the columns of one."""
    from warehouse.files.catalog import columns_sql, tables_sql
    from warehouse.files.connect import query
    from warehouse.query.ask import Answer

    with answering(warehouse, form, out, rows=1000) as (path, show):
        listed = query(path, columns_sql(name) if name else tables_sql())
        if name and listed.is_empty():
            fail(_describe_missing(name, query(path, tables_sql())["name"].to_list()), USAGE)
        show(Answer.of(listed))


def _describe_missing(name: str, listed: list[str]) -> str:
    """The message for a name that is not a table; `listed` has macros with their parameters."""
    shown_as = {shown.partition("(")[0]: shown for shown in listed}
    if name in shown_as:
        return f"{name} is a macro, so it has no columns; use it like this: FROM {shown_as[name]}"
    near = get_close_matches(name, shown_as, n=1)
    return f"there is no table or view {name}" + (f"; did you mean {near[0]}?" if near else "")


def search(
    words: Annotated[
        str,
        typer.Argument(
            metavar="WORDS", help="Words that must all be in the text. Put a phrase in quotation marks."
        ),
    ],
    speaker: Annotated[
        str | None, typer.Option(metavar="NAME", help="Speaker; part of the name is enough.")
    ] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="Outlet or agency.")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    articles: Annotated[bool, typer.Option("--articles", help="Search articles, not statements.")] = False,
    warehouse: WarehouseOption = None,
    form: FormOption = None,
    out: OutOption = None,
    rows: Annotated[int, typer.Option(min=1, metavar="N", help="Show the N best hits.")] = 20,
    raw: RawOption = False,
    bom: BomOption = False,
) -> None:
    """Find statements, or articles, by their words."""
    from warehouse.query.search import SearchQuery, count_undated, search_articles, search_statements

    first = read_days(since, "--since")[0] if since else None
    last = read_days(until, "--until")[1] if until else None
    wanted = SearchQuery(words, speaker, outlet, first, last, rows)
    with answering(warehouse, form, out, rows, raw=raw, bom=bom) as (path, show):
        bounds = read_bounds()
        show((search_articles if articles else search_statements)(path, wanted, bounds))
        undated = count_undated(path, wanted, articles, bounds) if since or until else 0
    if undated:
        hits = "hit has no day and is" if undated == 1 else "hits have no day and are"
        print(f"onrecord: {undated:,} more {hits} left out by --since and --until", file=sys.stderr)
