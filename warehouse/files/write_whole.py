"""Replace a small file next to the warehouse in one step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any


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
