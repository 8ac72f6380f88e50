"""`onrecord rejects`: what was rejected and why; `onrecord rejects retry`: read the same files again, after a fix."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.answering import FormOption, OutOption, RawOption, RowsOption, answering, choose_form
from flows.commands.common import (
    EXIT_CODES,
    JsonOption,
    QuietOption,
    WarehouseOption,
    read_settings,
    reported,
)
from flows.display.quantities import count

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

RunOption = Annotated[str | None, typer.Option("--run", metavar="ID", help="Of this run alone.")]
ReasonOption = Annotated[
    str | None,
    typer.Option("--reason", metavar="CODE", help="With this reason alone: empty_file, no_body..."),
]
PathOption = Annotated[
    str | None, typer.Option("--path", metavar="TEXT", help="Of files whose path holds this text.")
]


@app.callback(epilog=EXIT_CODES)
@reported
def rejects(
    context: typer.Context,
    warehouse: WarehouseOption = None,
    run: RunOption = None,
    reason: ReasonOption = None,
    path: PathOption = None,
    past: Annotated[bool, typer.Option("--all", help="Also those that a later run has dealt with.")] = False,
    form: FormOption = None,
    out: OutOption = None,
    rows: RowsOption = 100,
    raw: RawOption = False,
) -> None:
    """List what was rejected and why."""
    from warehouse.query.ask import Answer

    if context.invoked_subcommand is None:
        with answering(warehouse, form, out, rows, raw=raw) as (_, show):
            found = _find(warehouse, run_id=run, reason_code=reason, path=path, past=past)
            if choose_form(form, out) == "table":
                found = found.select("run_id", "stage", "reason_code", "path", "record_no", "reason")
            show(Answer.of(found))


@app.command(epilog=EXIT_CODES)
@reported
def retry(
    warehouse: WarehouseOption = None,
    run: RunOption = None,
    reason: ReasonOption = None,
    path: PathOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read the files of rejects again, unchanged ones included."""
    from flows.commands.ingest import ingest_paths

    found = _find(warehouse, run_id=run, reason_code=reason, path=path)
    paths = found["path"].drop_nulls().unique(maintain_order=True).to_list()
    there = [location for path in paths if (location := _locate(path))]
    if len(there) < len(paths):
        print(
            f"onrecord: {len(paths) - len(there):,} of {count(len(paths), 'file is', 'files are')} no longer there",
            file=sys.stderr,
        )
    if there:
        settings = read_settings({"again": True, "warehouse": warehouse})
        ingest_paths(there, settings, quiet=quiet, as_json=as_json)
    elif not quiet:
        print("nothing to read again", file=sys.stderr)


def _find(warehouse: Any, **filters: Any) -> pl.DataFrame:
    from flows.settings import load_settings
    from warehouse.query.rejects import find_rejects

    settings = load_settings({"warehouse": warehouse} if warehouse else {})
    return find_rejects(settings.warehouse, **filters)


def _locate(path: str) -> str | None:
    """The place of a stored path: an address or an existing file; None when it no longer exists."""
    from flows.sources.local import unprintable
    from flows.sources.reach import is_address

    if is_address(path):
        return None if "***" in path else path
    return next((location for location in (path, unprintable(path)) if os.path.lexists(location)), None)
