"""The `onrecord` command: one line for each command, in the order in which `--help` lists them.

Prefect and the warehouse are imported inside the commands, so that `onrecord --help` is quick.
"""

from __future__ import annotations

import typer

from expectations.leaner import leave_out
from flows.commands import lake, rejects
from flows.commands.common import EXIT_CODES, disk_told
from flows.commands.correct import correct
from flows.commands.demo import demo
from flows.commands.doctor import doctor
from flows.commands.export import export
from flows.commands.formats import formats
from flows.commands.ingest import ingest
from flows.commands.quality import audit, diff, show
from flows.commands.query import search, sql, tables
from flows.commands.rebuild import rebuild, rollback
from flows.commands.report import report
from flows.commands.serve import serve
from flows.commands.upkeep import backup, maintain, restore
from flows.commands.watch import watch

app = typer.Typer(
    name="onrecord",
    help="Turns news article files into a DuckDB warehouse of who said what.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

app.add_typer(rejects.app, name="rejects")
app.add_typer(lake.app, name="lake")
for command in (
    ingest, watch, serve, sql, tables, search, show, diff, audit, export, report, correct, rebuild, rollback, maintain,
    backup, restore, doctor, formats, demo,
):  # fmt: skip
    app.command(epilog=EXIT_CODES)(command)


def main() -> None:
    """Entry point of the `onrecord` script. DuckDB would import pandas, for a second, to see whether it is used."""
    leave_out("pandas")
    with disk_told():
        app()


if __name__ == "__main__":
    main()
