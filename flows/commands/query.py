"""`onrecord sql`, `tables`, `search`: a question in, its answer out. The warehouse is opened read-only."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.answering import (
    AsOfOption,
    FormOption,
    OutOption,
    RawOption,
    RowsOption,
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
        typer.Argument(metavar="[SQL]", help="One or more statements; - reads them from standard input."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="Read them from a file.")
    ] = None,
    warehouse: WarehouseOption = None,
    form: FormOption = "table",
    out: OutOption = None,
    version: VersionOption = None,
    as_of: AsOfOption = None,
    rows: RowsOption = 100,
    raw: RawOption = False,
) -> None:
    """Ask the warehouse in SQL. It is opened read-only, and nothing but it can be read."""
    from warehouse.query.ask import ask

    text = _read_query(query, file)
    with answering(warehouse, form, out, rows, raw=raw) as (path, show):
        for answer in ask(path, text, pick_version(path, version, as_of), read_bounds()):
            show(answer)


def _read_query(query: str | None, file: Path | None) -> str:
    if (query is None) == (file is None):
        fail("give the SQL, - or --file FILE", USAGE)
    try:
        return file.read_text(encoding="utf-8") if file else sys.stdin.read() if query == "-" else query or ""
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file}: {error}", USAGE)


def tables(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A table or view: its columns.")
    ] = None,
    warehouse: WarehouseOption = None,
    form: FormOption = "table",
    out: OutOption = None,
) -> None:
    """List the tables, views and macros with what they mean, or the columns of one."""
    from warehouse.files.catalog import columns_sql, tables_sql
    from warehouse.query.ask import ask

    with answering(warehouse, form, out, rows=1000) as (path, show):
        for answer in ask(path, columns_sql(name) if name else tables_sql()):
            show(answer)


def search(
    words: Annotated[
        str, typer.Argument(help='All must stand in the text; "in quotes": one after the other.')
    ],
    speaker: Annotated[
        str | None, typer.Option(metavar="NAME", help="Said by; a part of the name is enough.")
    ] = None,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="In this outlet.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="From this day on: 2019-05 or 2019-05-03.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="Until this day, this month or this year.")
    ] = None,
    articles: Annotated[bool, typer.Option("--articles", help="Search articles, not statements.")] = False,
    warehouse: WarehouseOption = None,
    form: FormOption = "table",
    out: OutOption = None,
    rows: RowsOption = 20,
    raw: RawOption = False,
) -> None:
    """Find statements, or articles, by their words; the best come first."""
    from warehouse.query.search import SearchQuery, search_articles, search_statements

    first = read_days(since, "--since")[0] if since else None
    last = read_days(until, "--until")[1] if until else None
    wanted = SearchQuery(words, speaker, outlet, first, last, rows)
    with answering(warehouse, form, out, rows, raw=raw) as (path, show):
        show((search_articles if articles else search_statements)(path, wanted, read_bounds()))
