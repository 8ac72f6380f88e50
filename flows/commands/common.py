"""Define the options that commands share, and read the settings, rules and corrections."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.failures import exit_on_full_disk, fail, reported
from schema.errors import FAILED, INTERRUPTED, STOPPED, UNAVAILABLE, USAGE

if TYPE_CHECKING:
    import polars as pl

    from expectations.rulebook import RuleBook
    from flows.settings import Settings

__all__ = [
    "EXIT_CODES",
    "FAILED",
    "INTERRUPTED",
    "STOPPED",
    "UNAVAILABLE",
    "USAGE",
    "DataDocsOption",
    "JsonOption",
    "QuietOption",
    "WarehouseOption",
    "exit_on_full_disk",
    "fail",
    "print_set_aside",
    "read_settings",
    "reported",
    "require_checks",
    "require_corrections",
]  # fmt: skip

EXIT_CODES = "What exit codes mean: onrecord exit-codes"

WarehouseOption = Annotated[
    Path | None,
    typer.Option("--warehouse", metavar="FILE", help="DuckDB file.", show_default="data/onrecord.duckdb"),
]
DataDocsOption = Annotated[bool, typer.Option("--data-docs", help="Also write Great Expectations' pages.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


def read_settings(given: dict[str, Any] | None = None) -> Settings:
    """Read the settings. A value `given` on the command line has precedence; None means that it was not given.

    Warns of unknown names on standard error; raises SettingsError for an invalid value.
    """
    from flows.provenance import find_unknown
    from flows.settings import Settings, load_settings

    settings = load_settings({name: value for name, value in (given or {}).items() if value is not None})
    for sentence in find_unknown(Settings, settings.warehouse):
        print(f"onrecord: warning: {sentence}", file=sys.stderr)
    return settings


def require_checks(settings: Settings) -> RuleBook:
    """Read the rules of a run; fail before the run starts if a rule is malformed."""
    from expectations.rulebook import open_rulebook
    from flows.last_resort import bound_checks

    return open_rulebook(settings.thresholds, settings.checks_folder, bound_checks(settings))


def require_corrections(settings: Settings) -> pl.DataFrame:
    """Read the corrections; fail before the run starts if a correction cannot be applied."""
    from flows.run.corrections import open_corrections

    return open_corrections(settings)


def print_set_aside(files: list[Path]) -> None:
    """Print the files that a rollback or restore set aside."""
    for file in files:
        print(f"the replaced file is kept as {file}")
