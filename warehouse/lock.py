"""Path of a warehouse -> the right to write its next version, for one process at a time.

The lock is the operating system's: it ends with the process that holds it, killed or not. The file beside the
warehouse stays and names the last holder.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.connect import WarehouseError


@contextmanager
def write_lock(warehouse: Path, run_id: str) -> Iterator[None]:
    """Hold the right to write; `WarehouseError` that names the holder when another process has it."""
    with Path(f"{warehouse}.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "an unknown process"
            raise WarehouseError(
                f"{warehouse} is being written by {holder}; try again when it is done"
            ) from None
        file.truncate(0)
        file.write(f"run {run_id} (process {os.getpid()} on {socket.gethostname()})\n")
        file.flush()
        yield
