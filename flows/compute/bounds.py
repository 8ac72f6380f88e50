"""What the reading of one file may take, in memory and time."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Bounds:
    """Limits on reading a file: bytes of memory; processor seconds, at least and per megabyte."""

    memory: int = 1_000_000_000
    seconds: float = 10
    seconds_per_mb: float = 20

    def seconds_for(self, size: int) -> float:
        """The processor seconds allowed for a file of so many bytes."""
        return max(self.seconds, self.seconds_per_mb * size / MEGABYTE)
