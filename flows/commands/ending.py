"""End the process of a command in time, although Prefect has something left to send to a server that is gone."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

SECONDS = 20  # for what Prefect sends at the end of a process; without a limit, it tries for minutes


@contextmanager
def ended_in_time(seconds: float = SECONDS) -> Iterator[None]:
    """After the block, let the process end within some seconds if Prefect is imported, with the block's exit code."""
    code = 0
    try:
        yield
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        raise
    except BaseException:
        code = 1
        raise
    finally:
        if "prefect" in sys.modules:
            Thread(target=_exit_late, args=(seconds, code), daemon=True).start()


def _exit_late(seconds: float, code: int) -> None:
    time.sleep(seconds)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
