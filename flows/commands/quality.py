"""`onrecord show`, `diff` and `audit`: show an article, compare versions, and check all published rows."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from flows.commands.common import (
    STOPPED,
    USAGE,
    DataDocsOption,
    WarehouseOption,
    fail,
    read_settings,
    require_checks,
)
from flows.display.quantities import count

if TYPE_CHECKING:
    import polars as pl

STYLES = {"content": "yellow", "source": "bold cyan", "cue": "italic green", "": ""}
SEVERITIES = {"critical": "bold red", "warning": "yellow", "info": "dim"}


def show(
    article: Annotated[
        str,
        typer.Argument(
            metavar="ARTICLE", help="Id, path, file name, URL or part of the headline; or id of a statement."
        ),
    ],
    warehouse: WarehouseOption = None,
    text: Annotated[
        bool, typer.Option("--text", help="Print the article in the terminal instead of writing a page.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write.", show_default="report/articles/ID.html"),
    ] = None,
) -> None:
    """Show one article with its statements marked."""
    from report.article_page import find_article, write_page

    settings = read_settings({"warehouse": warehouse})
    article_id = find_article(settings.warehouse, article)
    if text:
        _print_article(settings.warehouse, article_id)
    else:
        folder = settings.report.parent / "articles"
        print(write_page(settings.warehouse, article_id, out or folder / f"{article_id}.html"))


def _print_article(warehouse: Path, article_id: str) -> None:
    from flows.display.summary import plain
    from report.article_page import read_marked

    found, console = read_marked(warehouse, article_id), Console()
    article = found["article"]
    where = (
        article["outlet"] or article["agency"],
        article["published_on"],
        article["byline"],
        article["path"],
    )
    if article["headline"]:
        console.print(Text(plain(article["headline"]), "bold"))
    console.print(Text(" · ".join(plain(part) for part in where if part), "dim"), end="\n\n")
    body = Text()
    for piece in found["pieces"]:
        lines = [plain_inside(line) for line in piece.text.split("\n")]
        body.append("\n".join(lines), STYLES[piece.strongest])
    console.print(body, end="\n\n")
    for row in found["statements"]:
        speaker = row["actor"] or row["source"] or "no speaker"
        role = f", {plain(row['role'])}" if row["role"] else ""
        facts = f"{row['kind']}, {row['speaker_resolution']}, {plain(row['cue'])}, {row['confidence']:.2f}"
        console.print(
            Text.assemble(
                f"{row['seq_no']:>3}  ", (plain(speaker), "bold"), role,
                (f"  ({facts})  {row['statement_id']}", "dim"),
            ),
            soft_wrap=True,
        )  # fmt: skip


def plain_inside(line: str) -> str:
    """Replace each control or direction character in a piece of a line with a space."""
    from flows.display.summary import CONTROL

    return CONTROL.sub(" ", line)


def diff(
    version: Annotated[
        int | None,
        typer.Argument(
            min=1, metavar="VERSION", help="Version to compare with.", show_default="the previous one"
        ),
    ] = None,
    warehouse: WarehouseOption = None,
    table: Annotated[
        str | None, typer.Option(metavar="NAME", help="Show the changed rows of this table.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per row.")] = False,
) -> None:
    """Count the rows added, changed and removed since a version."""
    from flows.display.answers import print_table, write_answer
    from schema.tables import BY_NAME, VERSIONED
    from warehouse.query.ask import Answer
    from warehouse.query.changes import count_changes, previous_version, read_changes

    settings = read_settings({"warehouse": warehouse})
    if table and table not in {declared.name for declared in VERSIONED}:
        fail(
            f"there is no table {table}; choose one of {', '.join(declared.name for declared in VERSIONED)}",
            USAGE,
        )
    since = version if version is not None else previous_version(settings.warehouse)
    rows = (
        read_changes(settings.warehouse, BY_NAME[table], since) if table
        else count_changes(settings.warehouse, since)
    )  # fmt: skip
    if as_json:
        write_answer(Answer.of(rows), "jsonl", sys.stdout.buffer)
    else:
        print_table(Answer.of(rows), 100, Console())


def audit(
    warehouse: WarehouseOption = None,
    data_docs: DataDocsOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per failed check.")] = False,
) -> None:
    """Run all checks on the whole published warehouse."""
    from expectations.audit import audit as run_audit
    from warehouse.export.export_rows import escape_controls

    settings = read_settings({"warehouse": warehouse})
    book = require_checks(settings)
    checks = run_audit(settings.warehouse, book, settings.data_docs_folder if data_docs else None)
    failed = checks.filter(~checks["success"])
    if as_json:
        for row in failed.drop("run_id").to_dicts():
            print(escape_controls(json.dumps(row, ensure_ascii=False)))
    else:
        _print_checks(failed, checks.height)
    raise typer.Exit(STOPPED if "critical" in failed["severity"] else 0)


def _print_checks(failed: pl.DataFrame, total: int) -> None:
    from flows.display.summary import plain

    console = Console()
    for row in failed.sort("severity", "table_name", "check_name").to_dicts():
        name = plain(f"{row['table_name']}.{row['check_name']}")  # a check is named after its file
        console.print(Text.assemble((f"{row['severity']:<9}", SEVERITIES[row["severity"]]), name))
        console.print(
            Text(f"         {plain(row['observed'])}; expected: {plain(row['expected'])}", style="dim")
        )
    console.print(f"{total - failed.height} of {count(total, 'check')} passed")
