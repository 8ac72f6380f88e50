"""A small file next to the warehouse -> the same file with other content, in one step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` make a file that takes the place of `path`: who reads that sees the old or the new one.

    Where that fails, for a disk that is full, the old one stays and nothing is left behind.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        write(part)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
