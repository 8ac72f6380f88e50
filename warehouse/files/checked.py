"""Whether a published file is unchanged since On Record wrote it, so that its rows need no second check.

A run checks the rows that it adds and changes. Earlier runs have checked all others, as long as no other program wrote
to the file. DuckDB numbers each checkpoint in the headers at the start of its files, so one small read shows whether
any program did. After a restore, a rollback, a schema migration or a write by another program, the whole file is
checked once, before the next version is published.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from warehouse.files.lock import read_checked_state

HEADERS = 3 * 4096  # bytes: what the file is, and the last two checkpoints


def read_state(file: Path) -> str:
    """A value that changes with every write to a DuckDB file: a hash of its headers, and its size."""
    with file.open("rb") as opened:
        headers = opened.read(HEADERS)
    return hashlib.sha256(headers + str(file.stat().st_size).encode()).hexdigest()


def is_checked(published: Path) -> bool:
    """Whether all rows of the published file were checked when it was published."""
    return published.is_file() and read_state(published) == read_checked_state(published)
