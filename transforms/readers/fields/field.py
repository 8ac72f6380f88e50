"""Declare `Field`, one value read from a text, with its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Value = str | date | None


@dataclass(frozen=True)
class Field:
    """One value read from a header: `text[start:end]` is the value as written.

    `value` is that text for string fields, a date for `published_on` (None when ambiguous or invalid), a two-letter
    code for `language` (None when unknown). `written` is the whole date as printed, with weekday and time.
    """

    name: str
    value: Value
    start: int
    end: int
    written: str | None = None
