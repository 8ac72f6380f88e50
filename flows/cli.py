"""The `onrecord` command: arguments in, a flow run or a query, a short page and an exit code out.

Prefect and the warehouse are imported inside the commands, so that `onrecord --help` is quick.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer
from rich.console import Console

if TYPE_CHECKING:
    from flows.outcome import Outcome
    from flows.settings import Settings

STOPPED, USAGE, FAILED, UNAVAILABLE, INTERRUPTED = 1, 2, 3, 4, 130

EXIT_CODES = """
[bold]Exit codes[/bold]

0: published, or nothing was new.

1: stopped by a critical check; nothing was published.

2: wrong usage: a path that does not exist, an unknown option, wrong SQL.

3: the run failed by an unexpected error; nothing was published; the log has the traceback.

4: the warehouse is held by another run, missing or damaged.

130: interrupted.
"""

app = typer.Typer(
    name="onrecord",
    help="Turns news article files into a DuckDB warehouse of who said what.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

WarehouseOption = Annotated[
    Path | None,
    typer.Option(
        "--warehouse",
        metavar="FILE",
        help="DuckDB file; default: $ONRECORD_WAREHOUSE or data/onrecord.duckdb",
    ),
]


def main() -> None:
    """Entry point of the `onrecord` script."""
    app()


@app.command(epilog=EXIT_CODES)
def ingest(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders (with all below) or globs.")
    ],
    warehouse: WarehouseOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything, checks included, but publish.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Take no further file once N articles were found.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Read article files, find who said what, check it and publish it."""
    from warehouse.connect import require_usable

    given = {"warehouse": warehouse, "dry_run": dry_run or None, "limit": limit}
    settings = _read_settings({name: value for name, value in given.items() if value is not None})
    _require_sources(paths, settings)
    with _failures_told(settings):
        require_usable(settings.warehouse)
        outcome = _run_ingest(paths, settings, quiet=quiet or as_json)
    _tell(outcome, quiet=quiet, as_json=as_json)


@app.command(epilog=EXIT_CODES)
def sql(
    query: Annotated[
        str, typer.Argument(metavar="SQL", help="One or more statements; - reads them from standard input.")
    ],
    warehouse: WarehouseOption = None,
    form: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="How to print.")
    ] = "table",
    rows: Annotated[int, typer.Option(min=1, metavar="N", help="Rows of a table that are shown.")] = 100,
) -> None:
    """Ask the warehouse in SQL. It is opened read-only."""
    from flows.sql import print_answer
    from warehouse.ask import QueryError, ask
    from warehouse.connect import WarehouseError

    settings = _read_settings({"warehouse": warehouse} if warehouse else {})
    console = Console()
    try:
        for answer in ask(settings.warehouse, sys.stdin.read() if query == "-" else query):
            print_answer(answer, form, rows=rows, console=console, out=sys.stdout)
    except QueryError as error:
        _fail(str(error), USAGE)
    except WarehouseError as error:
        _fail(str(error), UNAVAILABLE)
    except BrokenPipeError:  # `onrecord sql ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@app.command(epilog=EXIT_CODES)
def report(
    warehouse: WarehouseOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; default: report/index.html beside it.")
    ] = None,
) -> None:
    """Write the HTML report on what is published anew."""
    from report import render_report
    from warehouse.connect import WarehouseError

    settings = _read_settings({"warehouse": warehouse} if warehouse else {})
    try:
        print(render_report(settings.warehouse, out or settings.report))
    except WarehouseError as error:
        _fail(str(error), UNAVAILABLE)


def _read_settings(given: dict[str, object]) -> Settings:
    from pydantic import ValidationError

    from flows.settings import Settings

    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(f"ONRECORD_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
        _fail(wrong, USAGE)


def _require_sources(paths: list[str], settings: Settings) -> None:
    """Fail before anything is started when a path names nothing."""
    from flows.sources import SourceError, find_files

    try:
        if not find_files(paths, without=settings.outputs):
            _fail(f"no file matches {' '.join(paths)}", USAGE)
    except SourceError as error:
        _fail(str(error), USAGE)


def _run_ingest(paths: list[str], settings: Settings, *, quiet: bool) -> Outcome:
    """Run the flow with a progress bar; a stopped run comes back as its outcome."""
    from flows.progress import watch_on_terminal

    prepare_prefect(settings.state)
    console = Console(stderr=True)
    with nullcontext() if quiet else watch_on_terminal(console, first_step="Starting Prefect"):
        from flows.ingest import ingest as ingest_flow
        from flows.outcome import RunStopped

        try:
            return ingest_flow(paths, settings)
        except RunStopped as stopped:
            return stopped.outcome


def prepare_prefect(state: Path) -> None:
    """Keep Prefect's database beside the warehouse and its chatter off the terminal, unless told to."""
    if not os.environ.keys() & {"PREFECT_API_URL", "PREFECT_HOME"}:
        os.environ["PREFECT_HOME"] = str(state / "prefect")
        (state / "prefect").mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "90")


@contextmanager
def _failures_told(settings: Settings) -> Iterator[None]:
    """Errors become a short message and an exit code; the traceback goes to the log."""
    from flows.outcome import ReportFailed
    from warehouse.connect import WarehouseError

    try:
        yield
    except KeyboardInterrupt:
        _fail("interrupted", INTERRUPTED)
    except WarehouseError as error:
        _fail(str(error), UNAVAILABLE)
    except Exception as error:
        _log_failure(settings.log, error)
        told = str(error) if isinstance(error, ReportFailed) else f"nothing was published: {_one_line(error)}"
        _fail(f"the run failed; {told}\nlog: {settings.log}", FAILED)


def _one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


def _log_failure(log: Path, error: Exception) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(log, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("onrecord")
    logger.propagate = False
    logger.addHandler(handler)
    logger.error("run failed", exc_info=error)
    logger.removeHandler(handler)
    handler.close()


def _tell(outcome: Outcome, *, quiet: bool, as_json: bool) -> NoReturn:
    from flows.summary import print_summary, summary_json

    code = STOPPED if outcome.status == "stopped" else 0
    if as_json:
        print(summary_json(outcome, code))
    elif not quiet or code:
        print_summary(outcome, Console(stderr=bool(code)))
    raise typer.Exit(code)


def _fail(message: str, code: int) -> NoReturn:
    from flows.summary import plain

    for line in message.splitlines():
        print(f"onrecord: {plain(line)}", file=sys.stderr)
    raise typer.Exit(code)
