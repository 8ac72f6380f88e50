"""End a command or run whose query exceeds its limits although the database should have stopped it.

DuckDB cannot interrupt a single call of a function, and its memory limit does not count the values that a function
builds: `SELECT repeat('x', 2000000000)` takes two gigabytes under any limit.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from threading import Event, Thread
from typing import NoReturn

from flows.compute.memory import count_bytes as count_used
from flows.settings import Settings, count_bytes
from schema.errors import USAGE
from warehouse.query.ask import Bounds

SPARE = 500_000_000  # bytes that a command may use in addition to twice the memory of a query
LOOK = 0.05  # seconds between two looks at the memory
unfinished: set[Path] = set()  # files that the command is writing


def end_command(message: str) -> NoReturn:
    """Print the message, remove what the command has left on the disk, and end the process with exit code 2."""
    print(f"onrecord: {message}", file=sys.stderr, flush=True)
    for file in unfinished:
        file.unlink(missing_ok=True)
    for folder in Path(gettempdir()).glob(f"onrecord-{os.getpid()}-*"):
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(USAGE)


def bound_checks(settings: Settings) -> Bounds:
    """Return the limits of a check's query; the process ends if a query exceeds them and cannot be stopped."""
    memory = max(settings.query_memory, settings.memory, key=count_bytes)
    return Bounds(memory, settings.query_seconds or None, end_command, partial(memory_watched, memory))


@contextmanager
def memory_watched(query_memory: str) -> Iterator[None]:
    """In the block, end the process as soon as it uses much more than `query_memory`, such as 1GB.

    Does nothing if the system does not report the memory of a process, as on macOS.
    """
    before, is_over = count_used()[1], Event()
    most = before + 2 * count_bytes(query_memory) + SPARE

    def watch() -> None:
        while not is_over.wait(LOOK):
            if count_used()[1] > most:
                end_command(
                    f"the query needed more than {most / 1e9:.1f} GB of memory in total "
                    f"(ONRECORD_QUERY_MEMORY={query_memory})"
                )

    thread = Thread(target=watch, daemon=True)
    if before:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        if before:
            thread.join()  # a thread that still runs when Python ends would abort the process
