"""Define limits on memory and time for reading one file or analysing a batch of articles."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Bounds:
    """Limits on reading a file or analysing a text; the default values are the limits on reading.

    `memory` is in bytes. The limit on CPU time is `seconds`, or `seconds_per_mb` times the size, whichever is larger.
    """

    memory: int = 1_000_000_000
    seconds: float = 10
    seconds_per_mb: float = 20

    def seconds_for(self, size: int) -> float:
        """The CPU seconds allowed for `size` bytes."""
        return max(self.seconds, self.seconds_per_mb * size / MEGABYTE)


ANALYSIS = Bounds(seconds=30, seconds_per_mb=300)
