"""`onrecord rejects`: what was rejected and why; `onrecord rejects retry`: the same files once more, after a fix."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from flows.commands.answering import RawOption
from flows.commands.common import EXIT_CODES, UNAVAILABLE, WarehouseOption, fail, read_settings

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer(invoke_without_command=True, rich_markup_mode="rich")

RunOption = Annotated[str | None, typer.Option("--run", metavar="ID", help="Of this run alone.")]
ReasonOption = Annotated[
    str | None,
    typer.Option("--reason", metavar="CODE", help="With this reason alone: empty_file, no_body..."),
]
PathOption = Annotated[
    str | None, typer.Option("--path", metavar="TEXT", help="Of files whose path holds this text.")
]


@app.callback(epilog=EXIT_CODES)
def rejects(
    context: typer.Context,
    warehouse: WarehouseOption = None,
    run: RunOption = None,
    reason: ReasonOption = None,
    path: PathOption = None,
    past: Annotated[bool, typer.Option("--all", help="Also those that a later run has dealt with.")] = False,
    form: Annotated[
        Literal["table", "csv", "json"],
        typer.Option("--format", help="How to print; csv and json hold the payloads too."),
    ] = "table",
    rows: Annotated[int, typer.Option(min=1, metavar="N", help="Rows of a table that are shown.")] = 100,
    raw: RawOption = False,
) -> None:
    """List what was rejected and why. `onrecord rejects retry` reads the files again."""
    from flows.display.answers import print_table, write_answer
    from warehouse.query.ask import Answer

    if context.invoked_subcommand is None:
        found = _find(warehouse, run_id=run, reason_code=reason, path=path, past=past)
        if form == "table":
            found = found.select("run_id", "stage", "reason_code", "record_no", "reason")
        try:
            if form == "table":
                print_table(Answer.of(found), rows, Console())
            else:
                write_answer(Answer.of(found), form, sys.stdout.buffer, raw=raw)
        except BrokenPipeError:  # `onrecord rejects | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@app.command(epilog=EXIT_CODES)
def retry(
    warehouse: WarehouseOption = None,
    run: RunOption = None,
    reason: ReasonOption = None,
    path: PathOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Read the files of rejects again, those that are known included, as `onrecord ingest` does."""
    from flows.commands.ingest import ingest_paths

    found = _find(warehouse, run_id=run, reason_code=reason, path=path)
    paths = found["path"].drop_nulls().unique(maintain_order=True).to_list()
    there = [location for path in paths if (location := _locate(path))]
    if len(there) < len(paths):
        print(
            f"onrecord: {len(paths) - len(there):,} of {len(paths):,} files are not there any more",
            file=sys.stderr,
        )
    if there:
        given: dict[str, object] = {"again": True} | ({"warehouse": warehouse} if warehouse else {})
        ingest_paths(there, read_settings(given), quiet=quiet, as_json=as_json)
    elif not quiet:
        print("nothing to read again", file=sys.stderr)


def _find(warehouse: Any, **filters: Any) -> pl.DataFrame:
    from warehouse.files.connect import WarehouseError
    from warehouse.query.rejects import find_rejects

    settings = read_settings({"warehouse": warehouse} if warehouse else {})
    try:
        return find_rejects(settings.warehouse, **filters)
    except WarehouseError as error:
        fail(str(error), UNAVAILABLE)


def _locate(path: str) -> str | None:
    """Where the file of a stored path is: an address, or a file that is there; None when it cannot be found again."""
    from flows.sources.local import is_address, unprintable

    if is_address(path):
        return None if "***" in path else path
    return next((location for location in (path, unprintable(path)) if os.path.lexists(location)), None)
