"""Worker processes with the models loaded, which end with the run.

On Linux they are forked from one process that has loaded the models (`flows/compute/template.py`), so they share its
memory and start at once. Elsewhere, where the system's libraries do not survive a fork, each loads the models itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from flows.compute.analysis import load_models

ONE_THREAD = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS")  # the processes share the cores among themselves
NO_FOLDER = (
    "PYTHONSAFEPATH"  # nothing is imported from the working folder, which may be the one with the files
)
TEMPLATE = "flows.compute.template"

_open: set[ProcessPoolExecutor] = set()
_lock = threading.Lock()


def start_pool(processes: int) -> ProcessPoolExecutor:
    """A pool of up to so many processes, started as they are needed where that takes no time."""
    with _lock, _one_thread_each():
        method = "forkserver" if sys.platform == "linux" and _start_template() else "spawn"
        pool = ProcessPoolExecutor(processes, multiprocessing.get_context(method), _prepare)
        _open.add(pool)
        if method == "spawn":
            for _ in range(processes):
                pool.submit(os.getpid)  # starts them all now, with the environment of now
    return pool


def end_pool(pool: ProcessPoolExecutor, *, at_once: bool = False) -> None:
    """End the processes of a pool; `at_once`, even while they work."""
    if at_once:
        for process in list((pool._processes or {}).values()):  # of no other pool
            process.kill()
    pool.shutdown(wait=False, cancel_futures=True)
    with _lock:
        _open.discard(pool)
        if not _open:
            _end_template(at_once=at_once)


def _start_template() -> bool:
    """Start the process to fork from, unless it is running; whether there is one. It loads the models meanwhile."""
    multiprocessing.set_forkserver_preload([TEMPLATE])
    try:
        forkserver.ensure_running()
    except OSError:  # the path of the folder for temporary files is too long for a socket, or it is full
        return False
    return True


def _end_template(*, at_once: bool) -> None:
    """End the process to fork from; by itself it would stay until this one ends.

    Unless `at_once`, it first sees its processes end, so that their processor time counts as this process's.
    """
    server: Any = forkserver._forkserver
    if server._forkserver_pid is not None:
        with suppress(OSError):
            if at_once:  # it may still be loading
                os.kill(server._forkserver_pid, signal.SIGTERM)
            server._stop()


def _prepare() -> None:
    """Prepare a new process."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError):  # should the machine run out of memory, not the run itself is to end
        Path("/proc/self/oom_score_adj").write_text("500")
    load_models()


def _end_with_parent() -> None:
    """End this process with its parent, because a killed run cannot end its processes."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in (*ONE_THREAD, NO_FOLDER)}
    os.environ.update(dict.fromkeys(before, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
