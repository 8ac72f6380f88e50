"""Turn any error of a command into a message, an exit code and, with `--json`, an object.

The traceback of an unexpected error goes to the log next to the warehouse.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

import typer

from flows.sources.redact import redact
from schema.errors import FAILED, INTERRUPTED, UNAVAILABLE, OnRecordError

if TYPE_CHECKING:
    from flows.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

PUBLISHING = {"ingest", "rebuild", "retry", "withdraw"}  # commands that end with a new version
FULL = ("No space left on device", "File too large", "Disk quota exceeded")
# Messages of the operating system and DuckDB -> our message, with what to do.
TROUBLES = {
    "No space left on device": "there is no space left on the disk of {folder}",
    "File too large": "a file in {folder} exceeds the size limit of this process (see ulimit -f)",
    "Disk quota exceeded": "the disk quota of {folder} is used up",
    "Out of Memory Error": "the database needs more memory than ONRECORD_MEMORY allows (500MB by default)",
    "MemoryError": "there is not enough memory for a batch; set ONRECORD_ARTICLES_PER_BATCH lower",
    "BrokenProcessPool": "a process that analyses articles died at its start, usually because memory is short; "
    "free some memory, or set ONRECORD_PROCESSES=1",
}


class CommandFailed(OnRecordError):
    """An error raised by a command itself."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code


def fail(message: str, code: int) -> NoReturn:
    """End the command with a message and an exit code."""
    raise CommandFailed(message, code)


def reported(command: Callable[P, R]) -> Callable[P, R]:
    """Decorate a command, so that its errors become a message, an exit code and, with `--json`, an object."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with failures_reported(
            command.__name__, kwargs.get("warehouse"), as_json=bool(kwargs.get("as_json"))
        ):
            return command(*args, **kwargs)

    return run


@contextmanager
def failures_reported(command: str, warehouse: Any = None, *, as_json: bool = False) -> Iterator[None]:
    """Report an error of the block and end the command with its exit code."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except BrokenPipeError:  # `onrecord sql ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # rich exits with code 1, which means "stopped" here
            raise typer.Exit(0) from None
        raise
    except KeyboardInterrupt:
        _end("interrupted", INTERRUPTED, "KeyboardInterrupt", as_json)
    except OnRecordError as error:
        code = FAILED if is_full(error) else error.exit_code
        logged = _log_failure(_find_settings(warehouse), error) if code == FAILED else ""
        advice = f"\n{error.advice}" if error.advice else ""
        _end(f"{error}{advice}{logged}", code, type(error).__name__, as_json)
    except Exception as error:
        message, code = _explain(error, command, warehouse)
        _end(message, code, type(error).__name__, as_json)


def _end(message: str, code: int, error: str, as_json: bool) -> NoReturn:
    from flows.display.summary import plain

    lines = [plain(line) for line in message.splitlines()]
    for line in lines:
        print(f"onrecord: {line}", file=sys.stderr)
    if as_json:
        status = "interrupted" if code == INTERRUPTED else "failed"
        print(json.dumps({"status": status, "exit_code": code, "error": error, "message": "\n".join(lines)}))
    raise typer.Exit(code)


def _explain(error: Exception, command: str, warehouse: Any) -> tuple[str, int]:
    """Return the message and exit code of an unexpected error; log the error unless it is about a read-only file."""
    if is_read_only(error):
        return f"{one_line(error)}: the file or folder is not writable", UNAVAILABLE
    settings = _find_settings(warehouse)
    logged = _log_failure(settings, error)
    is_publishing = command in PUBLISHING
    if trouble := _trouble(error, settings):
        and_now = "; nothing was published, and the next run resumes this one" if is_publishing else ""
        return f"{trouble}{and_now}{logged}", FAILED
    if is_publishing:
        return f"the run failed; nothing was published: {one_line(error)}{logged}", FAILED
    return f"{command} failed: {one_line(error)}{logged}", FAILED


def _find_settings(warehouse: Any) -> Settings | None:
    """Read the settings of the failed command, which give the path of the log; None if they are invalid."""
    from flows.settings import Settings

    try:
        return Settings(**({"warehouse": warehouse} if warehouse else {}))
    except Exception:
        return None


@contextmanager
def exit_on_full_disk() -> Iterator[None]:
    """Report a disk error in one line, without a traceback, and exit; for code that runs outside of a command."""
    try:
        yield
    except OSError as error:
        print(f"onrecord: {one_line(error)}", file=sys.stderr)
        raise SystemExit(UNAVAILABLE if is_read_only(error) else FAILED) from None


def is_full(error: Exception) -> bool:
    """Whether the cause is a full disk, according to the message of the operating system or DuckDB."""
    return any(sign in str(error) for sign in FULL)


def is_read_only(error: Exception) -> bool:
    """Whether the cause is a read-only file, according to the error of the operating system or DuckDB."""
    refused = isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES, errno.EPERM)
    return refused or "Read-only file system" in str(error)


def _trouble(error: Exception, settings: Settings | None) -> str | None:
    """Our message for a lack of disk space or memory; None for other errors."""
    text = f"{type(error).__name__}: {error}"
    found = next((message for sign, message in TROUBLES.items() if sign in text), None)
    return found.format(folder=settings.folder if settings else "the warehouse") if found else None


def one_line(error: Exception) -> str:
    """The class and the first line of an error, without secrets in addresses."""
    return f"{type(error).__name__}: {redact((str(error).splitlines() or [''])[0])}"


class _Log(RotatingFileHandler):
    """Writes the log file; prints no traceback to the console if the disk is full."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


class _Formatter(logging.Formatter):
    """Removes secrets in addresses from log lines."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _log_failure(settings: Settings | None, error: Exception) -> str:
    """Log the traceback and return a line with the path of the log; does nothing if it cannot be written."""
    if settings is None:
        return ""
    with suppress(OSError):
        _write_log(settings.log, error)
        return f"\nlog: {settings.log}"
    return ""


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
