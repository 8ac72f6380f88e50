"""Define a finding of `onrecord doctor`: what was looked at, what was found, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One finding; `advice` says what to do, and is empty if all is well."""

    what: str
    found: str
    advice: str = ""

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do."""
        return not self.advice
