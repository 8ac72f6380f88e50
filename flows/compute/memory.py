"""The memory of this process: measures it, and returns free memory to the system."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress


def count_bytes() -> tuple[int, int]:
    """The mapped bytes, and those of them in physical memory; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - for each file that is read
            mapped, resident = map(int, file.read().split()[:2])
    except OSError:
        return 0, 0
    page = os.sysconf("SC_PAGE_SIZE")
    return mapped * page, resident * page


def give_back() -> None:
    """Return free heap to the system; glibc would keep it, and a long text leaves a hundred megabytes behind."""
    with suppress(OSError, AttributeError):  # where the C library is another one
        ctypes.CDLL(None).malloc_trim(0)
