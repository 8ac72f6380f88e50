"""Read a small file next to the warehouse, and replace it in one step."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from schema.errors import UNAVAILABLE, OnRecordError

PATIENCE = 30  # seconds; a writer holds the lock only while it reads and writes one small file


class FileHeldError(OnRecordError):
    """Another process keeps the lock of a file that people edit."""

    exit_code = UNAVAILABLE


def read_whole(path: Path, most: int) -> bytes:
    """Read a file, or its first `most` + 1 bytes if it is larger; OSError for a device, or a pipe that could block."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a file")
        return file.read(most + 1)


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Replace the file `path` by one that `write` creates; readers see either the old or the new file.

    If that fails, as on a full disk, the old file stays and no other file is left behind.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        write(part)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


@contextmanager
def one_writer(path: Path) -> Iterator[None]:
    """Keep other threads and processes from changing the file `path` within the block; readers need no lock.

    Read the file inside the block; otherwise another writer's change can be lost. The lock file next to it stays.
    """
    lock = FileLock(f"{path}.lock", timeout=PATIENCE)
    try:
        lock.acquire()
    except Timeout:
        raise FileHeldError(
            f"{path} is being changed by another process; try again when it is done"
        ) from None
    try:
        yield
    finally:
        lock.release()
