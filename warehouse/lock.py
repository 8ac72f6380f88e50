"""Path of a warehouse -> the right to write its next version, for one process at a time.

The lock is the operating system's: it ends with the process that holds it, killed or not. The file beside the
warehouse stays and names the last holder.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.connect import WarehouseError

POLL = 0.5  # seconds between two looks at a lock that another process holds


class WarehouseHeld(WarehouseError):
    """Another process writes; the text names it."""


@contextmanager
def write_lock(warehouse: Path, run_id: str, wait: float = 0) -> Iterator[None]:
    """Hold the right to write; `WarehouseHeld` when another process has it for longer than `wait` seconds."""
    path = lock_path(warehouse)
    lock = FileLock(path, timeout=wait, poll_interval=POLL)
    try:
        lock.acquire()
    except Timeout:
        raise WarehouseHeld(
            f"{warehouse} is being written by {read_holder(warehouse)}; try again when it is done"
        ) from None
    try:
        path.write_text(f"run {run_id} (process {os.getpid()} on {socket.gethostname()})\n", encoding="utf-8")
        yield
    finally:
        lock.release()


def find_holder(warehouse: Path) -> str | None:
    """Who is writing right now; None when nobody is."""
    if not lock_path(warehouse).exists():
        return None
    lock = FileLock(lock_path(warehouse), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return read_holder(warehouse)
    lock.release()
    return None


def lock_path(warehouse: Path) -> Path:
    """The file that is locked."""
    return Path(f"{warehouse}.lock")


def read_holder(warehouse: Path) -> str:
    """Who holds the lock, or held it last."""
    try:
        return lock_path(warehouse).read_text(encoding="utf-8").strip() or "an unknown process"
    except OSError:
        return "an unknown process"
