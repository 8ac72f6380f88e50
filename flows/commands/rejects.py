"""`onrecord rejects`: list what was rejected and why; `onrecord rejects retry`: read these files again, after a fix."""

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

RunOption = Annotated[str | None, typer.Option("--run", metavar="ID", help="Only rejects of this run.")]
ReasonOption = Annotated[
    str | None,
    typer.Option("--reason", metavar="CODE", help="Only rejects with this reason: empty_file, no_body..."),
]
PathOption = Annotated[
    str | None,
    typer.Option("--path", metavar="TEXT", help="Only rejects of files whose path contains this text."),
]


@app.callback(epilog=EXIT_CODES)
@reported
def rejects(
    context: typer.Context,
    warehouse: WarehouseOption = None,
    run: RunOption = None,
    reason: ReasonOption = None,
    path: PathOption = None,
    past: Annotated[bool, typer.Option("--all", help="Include rejects resolved by a later run.")] = False,
    form: FormOption = None,
    out: OutOption = None,
    rows: RowsOption = 100,
    raw: RawOption = False,
) -> None:
    """List what was rejected and why."""
    import polars as pl

    from warehouse.query.ask import Answer
    from warehouse.query.rejects import without_path

    if context.invoked_subcommand is None:
        with answering(warehouse, form, out, rows, raw=raw) as (_, show):
            found = _find(warehouse, run_id=run, reason_code=reason, path=path, past=past)
            if choose_form(form, out) == "table":
                reasons = [without_path(*row) for row in found.select("reason", "path").iter_rows()]
                found = found.with_columns(pl.Series("reason", reasons, pl.String))
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
    """Read the files of rejects again, even unchanged ones."""
    from flows.commands.ingest import ingest_paths

    found = _find(warehouse, run_id=run, reason_code=reason, path=path)
    paths = found["path"].drop_nulls().unique(maintain_order=True).to_list()
    found_at = [location for path in paths if (location := _locate(path))]
    if len(found_at) < len(paths):
        gone = len(paths) - len(found_at)
        print(
            f"onrecord: {gone:,} of {count(len(paths), 'file')} no longer {'exists' if gone == 1 else 'exist'}",
            file=sys.stderr,
        )
    if found_at:
        settings = read_settings({"again": True, "warehouse": warehouse})
        ingest_paths(found_at, settings, quiet=quiet, as_json=as_json)
    elif not quiet:
        print("there is nothing to read again", file=sys.stderr)


def _find(warehouse: Any, **filters: Any) -> pl.DataFrame:
    from flows.settings import load_settings
    from warehouse.query.rejects import find_rejects

    settings = load_settings({"warehouse": warehouse} if warehouse else {})
    return find_rejects(settings.warehouse, **filters)


def _locate(path: str) -> str | None:
    """The source for the address or existing file that a stored path names; None if the file no longer exists.

    A link is not followed out of its folder, because nobody named it.
    """
    from flows.sources.local import mark_found, unprintable
    from flows.sources.reach import is_address

    if is_address(path):
        return None if "***" in path else path
    found = next((location for location in (path, unprintable(path)) if os.path.lexists(location)), None)
    return found and mark_found(found, os.path.dirname(found))  # noqa: PTH120 - Path() would be "."
