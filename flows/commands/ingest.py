"""`onrecord ingest`: run the main job on paths, print a summary and exit with its code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from flows.commands.common import (
    STOPPED,
    USAGE,
    DataDocsOption,
    JsonOption,
    QuietOption,
    WarehouseOption,
    fail,
    read_settings,
    require_checks,
    require_corrections,
)

if TYPE_CHECKING:
    from flows.outcome import Outcome
    from flows.settings import Settings


ProcessesOption = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Worker processes.", show_default="one per core"),
]
WaitOption = Annotated[
    float | None,
    typer.Option(min=0, metavar="SECONDS", help="Wait this long for another run to end.", show_default="600"),
]


def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Files, folders, globs or addresses (s3://, https://...).",
        ),
    ] = None,
    warehouse: WarehouseOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Run every step except publishing.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Stop opening files after N articles.")
    ] = None,
    mapping: Annotated[
        list[str],
        typer.Option(
            "--map",
            metavar="OURS=THEIRS",
            help="Field and its column or key: body=FullText. Repeatable.",
        ),
    ] = [],  # noqa: B006
    files_from: Annotated[
        Path | None,
        typer.Option(
            "--files-from", metavar="FILE", help="File with more paths, one per line; - is standard input."
        ),
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Withdraw the articles of deleted files.")] = False,
    processes: ProcessesOption = None,
    wait: WaitOption = None,
    data_docs: DataDocsOption = False,
    again: Annotated[bool, typer.Option("--force", "--again", help="Re-read unchanged files.")] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read article files, find who said what, check, publish."""
    given = {
        "warehouse": warehouse, "dry_run": dry_run or None, "limit": limit, "again": again or None,
        "data_docs": data_docs or None,
        "map": ",".join(mapping) or None, "prune": prune or None, "processes": processes, "wait": wait,
    }  # fmt: skip
    settings = read_settings(given)
    paths = [*(paths or []), *(_read_list(files_from) if files_from else [])]
    if not paths:
        fail("nothing to ingest: name files, folders, globs or addresses", USAGE)
    ingest_paths(paths, settings, quiet=quiet, as_json=as_json)


def _read_list(file: Path) -> list[str]:
    """The non-empty lines of a file, or of standard input for `-`."""
    try:
        text = (
            sys.stdin.read()
            if str(file) == "-"
            else file.read_text(encoding="utf-8", errors="surrogateescape")
        )
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}", USAGE)
    return [line for line in text.splitlines() if line.strip()]


def ingest_paths(paths: list[str], settings: Settings, *, quiet: bool, as_json: bool) -> NoReturn:
    """Run the main job on `paths`, print its outcome, and exit with its code."""
    from flows.planted import require_none_planted
    from flows.run.attempt import failure_noted
    from flows.run.prestart import processes_ready
    from flows.unchanged import find_nothing_new
    from warehouse.files.connect import WarehouseBusy, require_usable

    began, started = perf_counter(), datetime.now(UTC)
    _require_sources(paths, settings)
    require_none_planted(paths, settings)
    require_checks(settings)
    corrections = require_corrections(settings)
    with failure_noted(settings), suppress(WarehouseBusy):  # the run itself waits for a busy warehouse
        require_usable(settings.warehouse)
    outcome = find_nothing_new(paths, settings, corrections, started)
    if outcome is None:
        with processes_ready(paths, settings):
            outcome = run_flow(lambda: _ingest(paths, settings), settings, quiet=quiet or as_json)
    outcome.waited = perf_counter() - began
    print_outcome(outcome, quiet=quiet, as_json=as_json)


def _ingest(paths: list[str], settings: Settings) -> Outcome:
    from flows.ingest import ingest as ingest_flow
    from flows.sources.redact import conceal

    return ingest_flow([conceal(path) for path in paths], settings)


def _require_sources(paths: list[str], settings: Settings) -> None:
    """Fail before the start if `paths` lead to no file; skips blocks and variables, which only Prefect resolves."""
    from flows.sources.local import find_files
    from flows.sources.redact import redact
    from flows.sources.variables import is_of_prefect

    paths = [path for path in paths if not is_of_prefect(path)]
    if paths and next(find_files(paths, without=settings.outputs, reach=settings.reach), None) is None:
        fail(f"no file matches {redact(' '.join(paths))}", USAGE)


def run_flow(call: Callable[[], Outcome], settings: Settings, *, quiet: bool) -> Outcome:
    """Call a flow with a progress bar; returns its outcome, even if the run was stopped."""
    from flows.display.progress import watch_on_terminal
    from flows.prefect.server import prepare_prefect

    console = Console(stderr=True)
    with nullcontext() if quiet else watch_on_terminal(console, first_step="Starting Prefect"):
        prepare_prefect(settings.state)
        from flows.display.summary import plain
        from flows.outcome import RunStopped, outcomes_kept

        with outcomes_kept() as kept:
            try:
                return call()
            except RunStopped as stopped:
                return stopped.outcome
            except Exception as error:
                if not kept:
                    raise
                note = f"the run ended, but Prefect could not note how: {type(error).__name__}: {error}"
                print(f"onrecord: {plain(note)}", file=sys.stderr)
                return kept[-1]


def print_outcome(outcome: Outcome, *, quiet: bool, as_json: bool) -> NoReturn:
    from flows.display.summary import print_summary, summary_json

    code = STOPPED if outcome.status == "stopped" else 0
    if as_json:
        print(summary_json(outcome, code))
    elif not quiet or code:
        print_summary(outcome, Console(stderr=bool(code)))
    raise typer.Exit(code)
