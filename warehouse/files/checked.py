"""Whether a published file is as On Record left it: then what is in it was checked, and need not be again.

A run checks the rows that it adds and changes. That all others are right follows from the runs before, as long as
nothing else has written to the file. DuckDB numbers each checkpoint in the headers at the front of its files, so these
tell whether anything has, in the time of one small read. After a restore, a rollback, a schema migration or a write by
another program the whole is checked once, before the next version is published.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from warehouse.files.lock import read_checked_state

HEADERS = 3 * 4096  # bytes: what the file is, and the last two checkpoints


def read_state(file: Path) -> str:
    """What changes with every write to a DuckDB file: a hash of its headers and its size."""
    with file.open("rb") as opened:
        headers = opened.read(HEADERS)
    return hashlib.sha256(headers + str(file.stat().st_size).encode()).hexdigest()


def is_checked(published: Path) -> bool:
    """Whether all that is in the published file was checked when it was published."""
    return published.is_file() and read_state(published) == read_checked_state(published)
