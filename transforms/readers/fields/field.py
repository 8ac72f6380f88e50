"""One value that was read in a text, and where it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Value = str | date | None


@dataclass(frozen=True)
class Field:
    """One value read from a header: `text[start:end]` is the value as written.

    `value` is that text for string fields, a date for `published_on` (null when it cannot be read for sure),
    a two-letter code for `language` (null when unknown). `written` is all that is written of a date, with weekday
    and time.
    """

    name: str
    value: Value
    start: int
    end: int
    written: str | None = None
