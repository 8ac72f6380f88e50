"""Define the `onrecord` command and its subcommands, in the order in which `--help` lists them.

The commands import Prefect and the warehouse only when they run, so that `onrecord --help` is quick.
"""

from __future__ import annotations

from typing import Annotated

import typer

from expectations.lazy_imports import leave_out
from flows.commands import lake, rejects, watchlist
from flows.commands.annotate import annotate
from flows.commands.automations import automations
from flows.commands.common import EXIT_CODES
from flows.commands.correct import correct
from flows.commands.demo import demo
from flows.commands.doctor import doctor
from flows.commands.ending import ended_in_time
from flows.commands.exit_codes import exit_codes
from flows.commands.explore import explore
from flows.commands.export import export
from flows.commands.failures import exit_on_full_disk, reported
from flows.commands.formats import formats
from flows.commands.ingest import ingest
from flows.commands.quality import audit, diff, show
from flows.commands.query import search, sql, tables
from flows.commands.rebuild import rebuild, rollback
from flows.commands.report import report
from flows.commands.serve import serve
from flows.commands.settings import settings
from flows.commands.site import site
from flows.commands.upkeep import backup, maintain, restore
from flows.commands.watch import watch
from flows.commands.withdraw import withdraw

app = typer.Typer(
    name="onrecord",
    help="Turns news article files into a DuckDB warehouse of who said what.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"onrecord {version('onrecord')}")
        raise typer.Exit


@app.callback()
def _begin(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turns news article files into a DuckDB warehouse of who said what."""


app.add_typer(rejects.app, name="rejects")
app.add_typer(lake.app, name="lake")
app.add_typer(watchlist.app, name="watchlist", help="Save searches, and see the new hits of each run.")
for command in (
    ingest, watch, serve, explore, sql, tables, search, show, diff, audit, export, report, site, correct, annotate,
    rebuild, withdraw, rollback, maintain, backup, restore, doctor, settings, automations, formats, demo, exit_codes,
):  # fmt: skip
    app.command(epilog=EXIT_CODES)(reported(command))


def main() -> None:
    """Entry point of the `onrecord` script.

    Hides pandas: DuckDB would import pandas only to see whether it is used, and the import takes a second.
    """
    leave_out("pandas")
    with ended_in_time(), exit_on_full_disk():
        app()


if __name__ == "__main__":
    main()
