"""One thing that `onrecord doctor` has looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was found of one thing; `advice` says what to do, and is empty when all is well."""

    what: str
    found: str
    advice: str = ""

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do."""
        return not self.advice
