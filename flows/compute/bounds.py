"""Limits on memory and time for reading one file or analysing a batch of articles."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Bounds:
    """Limits on reading or analysing a text: bytes of memory; processor seconds, at least and per megabyte.

    The defaults are those of reading.
    """

    memory: int = 1_000_000_000
    seconds: float = 10
    seconds_per_mb: float = 20

    def seconds_for(self, size: int) -> float:
        """The processor seconds allowed for so many bytes."""
        return max(self.seconds, self.seconds_per_mb * size / MEGABYTE)


ANALYSIS = Bounds(seconds=30, seconds_per_mb=300)
