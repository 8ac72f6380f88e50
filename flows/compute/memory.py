"""The memory of this process, as the system counts it."""

from __future__ import annotations

import os


def count_bytes() -> tuple[int, int]:
    """The bytes that are mapped, and those of them that are in memory; 0 where that cannot be told."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - for each file that is read
            mapped, resident = map(int, file.read().split()[:2])
    except OSError:
        return 0, 0
    page = os.sysconf("SC_PAGE_SIZE")
    return mapped * page, resident * page
