"""Detect whether a published file has changed since On Record wrote it, so that its rows must be checked again.

A run checks the rows that it adds and changes. Earlier runs checked all other rows, unless another program has written
to the file. DuckDB numbers each checkpoint in the headers at the start of its files, so a small read shows whether any
program wrote. After a restore, a rollback, a schema migration or a write by another program, the whole file is checked
once before the next version is published.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from warehouse.files.lock import read_checked_state

HEADERS = 3 * 4096  # bytes: the file header, and the headers of the last two checkpoints


def read_state(file: Path) -> str:
    """A hash of the headers and size of a DuckDB file, which changes with every write to it."""
    with file.open("rb") as opened:
        headers = opened.read(HEADERS)
    return hashlib.sha256(headers + str(file.stat().st_size).encode()).hexdigest()


def is_checked(published: Path) -> bool:
    """Whether all rows of the published file were checked when it was published."""
    return published.is_file() and read_state(published) == read_checked_state(published)
