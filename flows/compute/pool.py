"""Start pools of worker processes that have loaded the models and end with the run.

On Linux they are forked from a template process that has loaded the models (`flows/compute/template.py`), so they share
its memory and start at once. On other systems, whose libraries do not survive a fork, each process loads the models.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Any

from flows.compute.analysis import load_models

ONE_THREAD = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS")  # the processes share the cores among themselves
NO_FOLDER = "PYTHONSAFEPATH"  # prevents imports from the working folder, which may have hostile files in it
TEMPLATE = "flows.compute.template"

_open: set[ProcessPoolExecutor] = set()
_lock = threading.Lock()


def start_pool(processes: int) -> ProcessPoolExecutor:
    """Start a pool of `processes` processes. Forked processes start when first needed; other processes start now."""
    with _lock, _one_thread_each():
        method = "forkserver" if sys.platform == "linux" and _start_template() else "spawn"
        pool = ProcessPoolExecutor(processes, multiprocessing.get_context(method), _prepare)
        _open.add(pool)
        if method == "spawn":
            for _ in range(processes):
                pool.submit(os.getpid)  # starts all processes now, while the environment has these values
    return pool


def end_pool(pool: ProcessPoolExecutor, *, at_once: bool = False) -> None:
    """End the processes of a pool, either `at_once` or after they finish their present work."""
    if at_once:
        for process in list((pool._processes or {}).values()):  # only the processes of this pool
            process.kill()
    pool.shutdown(wait=False, cancel_futures=True)
    with _lock:
        _open.discard(pool)
        if not _open:
            _end_template(at_once=at_once)


def _start_template() -> bool:
    """Start the template process unless it is running; returns whether it could be started."""
    multiprocessing.set_forkserver_preload([TEMPLATE])
    try:
        forkserver.ensure_running()
    except OSError:  # the temporary folder is full, or its path is too long for a socket
        return False
    return True


def _end_template(*, at_once: bool) -> None:
    """End the template process, which would otherwise run until this process ends.

    Unless `at_once`, the template first waits for its children, so that the system adds their CPU time to ours.
    """
    server: Any = forkserver._forkserver
    if server._forkserver_pid is not None:
        with suppress(OSError):
            if at_once:  # it may still be loading
                os.kill(server._forkserver_pid, signal.SIGTERM)
            server._stop()


def _prepare() -> None:
    """Load the models in a new worker process, and make it end with its parent."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError):  # if the machine runs out of memory, the system kills this process, not the run
        Path("/proc/self/oom_score_adj").write_text("500")
    load_models()
    gc.freeze()  # loaded modules and models are never freed; articles leave little garbage
    gc.set_threshold(20_000, 5, 5)


def _end_with_parent() -> None:
    """Make this process end when its parent ends, because a killed run cannot end its processes.

    Before it ends, it removes the parent's folder of sockets (`pymp-...`), which a killed parent leaves behind.
    """
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        shutil.rmtree(get_temp_dir(), ignore_errors=True)
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
