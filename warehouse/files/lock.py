"""Lock a warehouse, so that only one process writes its next version.

The operating system holds the lock, and releases it when the process ends or is killed. The lock file next to the
warehouse stays. It records the last holder, the last published version (needed if the warehouse is damaged), and the
state of the file when all of it was last checked (see `warehouse/files/checked.py`).
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.files.connect import WarehouseError

NOT_WRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ENOENT, errno.EISDIR}
POLL = 0.5  # seconds between two attempts to take a lock that another process holds


class WarehouseHeld(WarehouseError):
    """Another process is writing; the message names it."""


@contextmanager
def write_lock(warehouse: Path, run_id: str, wait: float = 0) -> Iterator[None]:
    """Hold the lock within the block; WarehouseHeld if another process keeps it longer than `wait` seconds."""
    path = lock_path(warehouse)
    lock = FileLock(path, timeout=wait, poll_interval=POLL)
    try:
        lock.acquire()
    except Timeout:
        raise WarehouseHeld(
            f"{warehouse} is being written by {read_holder(warehouse)}; try again when it is done"
        ) from None
    except OSError as error:
        raise _explain(path, error) from error
    try:
        _note_holder(warehouse, run_id)
        yield
    finally:
        lock.release()


def _note_holder(warehouse: Path, run_id: str) -> None:
    holder = f"run {run_id} (process {os.getpid()} on {socket.gethostname()})"
    try:
        _write(warehouse, holder, read_noted_version(warehouse), read_checked_state(warehouse))
    except OSError as error:
        raise _explain(lock_path(warehouse), error) from error


def _explain(path: Path, error: OSError) -> Exception:
    """The error to raise: WarehouseError if the folder is not writable, otherwise (a full disk, say) `error` itself."""
    if error.errno in NOT_WRITABLE:
        return WarehouseError(f"{path.parent} is not writable: {error.strerror}")
    return error


def note_version(warehouse: Path, version_no: int, state: str | None = None) -> None:
    """Record the number of the version about to be published, and the state of its file if all of it was checked.

    The caller must hold the lock.
    """
    number = max(version_no, read_noted_version(warehouse))
    _write(warehouse, read_holder(warehouse), number, state or read_checked_state(warehouse))


def read_noted_version(warehouse: Path) -> int:
    """The highest recorded version number, 0 if none is recorded."""
    noted = re.search(r"^version (\d{1,18})$", _read(warehouse), re.MULTILINE)
    return int(noted[1]) if noted else 0


def read_checked_state(warehouse: Path) -> str:
    """The state of the file when all of it was last checked; empty if it never was."""
    noted = re.search(r"^checked ([0-9a-f]{64})$", _read(warehouse), re.MULTILINE)
    return noted[1] if noted else ""


def find_holder(warehouse: Path) -> str | None:
    """The process that is writing now; None if no process is."""
    return read_holder(warehouse) if is_held(lock_path(warehouse)) else None


def is_held(path: Path) -> bool:
    """Whether a process holds the lock at `path`."""
    if not path.exists():
        return False
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError as error:
        if error.errno not in NOT_WRITABLE:
            raise
        return _is_locked(path)
    lock.release()
    return False


def _is_locked(path: Path) -> bool:
    """Whether a process holds the lock of a lock file that is not writable."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def lock_path(warehouse: Path) -> Path:
    """The path of the lock file next to a warehouse."""
    return Path(f"{warehouse}.lock")


def read_holder(warehouse: Path) -> str:
    """The process that holds the lock or was the last to hold it."""
    return _read(warehouse).partition("\n")[0].strip() or "an unknown process"


def _read(warehouse: Path) -> str:
    try:
        return lock_path(warehouse).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _write(warehouse: Path, holder: str, version_no: int, state: str) -> None:
    version = f"version {version_no}\n" if version_no else ""
    checked = f"checked {state}\n" if state else ""
    lock_path(warehouse).write_text(f"{holder}\n{version}{checked}", encoding="utf-8")
