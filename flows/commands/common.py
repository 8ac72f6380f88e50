"""What commands share: the exit codes, the settings from options, and how a failure is told."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from flows.sources.redact import redact

if TYPE_CHECKING:
    from expectations.rulebook import RuleBook
    from flows.settings import Settings

STOPPED, USAGE, FAILED, UNAVAILABLE, INTERRUPTED = 1, 2, 3, 4, 130

EXIT_CODES = """
[bold]Exit codes[/bold]

0: published, or nothing was new.

1: stopped by a critical check; nothing was published.

2: wrong usage: a path that does not exist, an unknown option, wrong SQL.

3: the run failed by an unexpected error; nothing was published; the log has the traceback.

4: the warehouse is held by another run, missing, damaged, or may not be written to.

130: interrupted.
"""

WarehouseOption = Annotated[
    Path | None,
    typer.Option(
        "--warehouse",
        metavar="FILE",
        help="DuckDB file; default: $ONRECORD_WAREHOUSE or data/onrecord.duckdb",
    ),
]


DataDocsOption = Annotated[
    bool, typer.Option("--data-docs", help="Also write Great Expectations' own pages: report/data_docs.")
]


def read_settings(given: dict[str, object]) -> Settings:
    from pydantic import ValidationError

    from flows.settings import Settings

    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(
            f"{''.join(f'ONRECORD_{str(place).upper()}: ' for place in item['loc'][:1])}{item['msg']}"
            for item in error.errors()
        )
        fail(wrong, USAGE)


def require_checks(settings: Settings) -> RuleBook:
    """The rules of a run; fails before anything is started when one of them is written wrongly."""
    from expectations.rulebook import CheckError, open_rulebook

    try:
        return open_rulebook(settings.thresholds, settings.checks_folder)
    except CheckError as error:
        fail(str(error), USAGE)


def require_corrections(settings: Settings) -> None:
    """Fail before anything is started when a line of the corrections cannot be applied."""
    from flows.run.corrections import open_corrections
    from transforms.identify.corrections import CorrectionError

    try:
        open_corrections(settings)
    except CorrectionError as error:
        fail(str(error), USAGE)


def fail(message: str, code: int) -> NoReturn:
    from flows.display.summary import plain

    for line in message.splitlines():
        print(f"onrecord: {plain(line)}", file=sys.stderr)
    raise typer.Exit(code)


def print_set_aside(files: list[Path]) -> None:
    """Name what was set aside for a version that was published again."""
    for file in files:
        print(f"what stood there is kept as {file}")


@contextmanager
def exit_on_failure(settings: Settings) -> Iterator[None]:
    """Errors become a short message and an exit code, one for each cause; the traceback goes to the log."""
    from flows.outcome import AfterPublishing
    from flows.sources.base import SourceError
    from warehouse.files.connect import WarehouseError

    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        fail("interrupted", INTERRUPTED)
    except (SourceError, WarehouseError) as error:
        if _is_full(error):
            fail(str(error), FAILED)
        fail(str(error), USAGE if isinstance(error, SourceError) else UNAVAILABLE)
    except Exception as error:
        if _is_read_only(error) and not isinstance(error, AfterPublishing):
            fail(f"{_one_line(error)}: nothing can be written there", UNAVAILABLE)
        _log_failure(settings.log, error)
        if trouble := _trouble(error, settings):
            fail(
                f"{trouble}; nothing was published, and the next run goes on from there\nlog: {settings.log}",
                FAILED,
            )
        told = (
            str(error) if isinstance(error, AfterPublishing) else f"nothing was published: {_one_line(error)}"
        )
        fail(f"the run failed; {told}\nlog: {settings.log}", FAILED)


@contextmanager
def exit_on_full_disk() -> Iterator[None]:
    """The last resort for a disk that fails where no command expects it: a line and an exit code, no traceback."""
    try:
        yield
    except OSError as error:
        print(f"onrecord: {_one_line(error)}", file=sys.stderr)
        raise SystemExit(UNAVAILABLE if _is_read_only(error) else FAILED) from None


# What the operating system and DuckDB say, and what it means to whoever runs this.
TROUBLES = {
    "No space left on device": "there is no space left on the disk of {folder}",
    "File too large": "a file in {folder} may not grow as much as this needs (see ulimit -f)",
    "Disk quota exceeded": "the disk quota of {folder} is used up",
    "Out of Memory Error": "the database needs more memory than it may take; set ONRECORD_MEMORY higher than 500MB",
    "MemoryError": "there is not enough memory for a batch; set ONRECORD_ARTICLES_PER_BATCH lower",
    "BrokenProcessPool": "a process that analyses articles was killed, as a rule for want of memory; set "
    "ONRECORD_PROCESSES=1 or ONRECORD_ARTICLES_PER_BATCH lower",
}


FULL = ("No space left on device", "File too large", "Disk quota exceeded")


def _is_full(error: Exception) -> bool:
    return any(sign in str(error) for sign in FULL)


def _is_read_only(error: Exception) -> bool:
    """Whether a file may not be written, whoever says so."""
    refused = isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES, errno.EPERM)
    return refused or "Read-only file system" in str(error)


def _trouble(error: Exception, settings: Settings) -> str | None:
    """What is wrong with the machine, when it is that."""
    said = f"{type(error).__name__}: {error}"
    found = next((words for sign, words in TROUBLES.items() if sign in said), None)
    return found.format(folder=settings.folder) if found else None


def _one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {redact((str(error).splitlines() or [''])[0])}"


class _Log(RotatingFileHandler):
    """The log; a disk too full for it is not told with a traceback on the console."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


class _Formatter(logging.Formatter):
    """Lines of the log, without secrets that stand in addresses."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _log_failure(log: Path, error: Exception) -> None:
    """A disk that cannot be written to cannot take the log of it either."""
    with suppress(OSError):
        _write_log(log, error)


def _write_log(log: Path, error: Exception) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    handler = _Log(log, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("onrecord")
    logger.propagate = False
    logger.addHandler(handler)
    logger.error("run failed", exc_info=error)
    logger.removeHandler(handler)
    handler.close()
