"""Declare the limits of readers, and the mapping of column names.

A file over a limit is rejected with a reason; it is never an error. The defaults keep a run within 1 GB of memory,
whatever the files contain; settings can raise them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_PACKED = 100  # largest compression ratio of the texts in a file; ordinary text has 3 to 10
FEW = 10_000  # articles that a file of any size may have
FEW_SHORT = 1_000  # articles that any file may have, however short they are
SHORTEST = 10  # characters on average, with more articles than that; even lists of headlines have more


@dataclass(frozen=True)
class Limits:
    """Largest size of one file, of all data unpacked from it, of one article, and so on."""

    file_bytes: int = 20_000_000  # a document that is held in memory as a whole
    unpacked_bytes: int = 2_000_000_000  # what one outer file unpacks to, all members together
    members: int = 100_000  # files in one archive
    articles: int = 100_000  # in one file
    characters: int = 1_000_000  # of one article's text
    nesting: int = 4  # archives in archives
    payload_characters: int = 10_000  # kept of the text of a reject

    def most_text(self, size: int) -> int:
        """Return the largest total length, in characters, of all articles in a file of `size` bytes."""
        return min(self.unpacked_bytes, max(self.file_bytes, MOST_PACKED * size))

    def most_articles(self, size: int) -> int:
        """Return the largest number of articles in a file of `size` bytes; more articles than bytes are repetitions."""
        return min(self.articles, max(FEW, size))


@dataclass(frozen=True)
class Options:
    """Options of a reader: limits, and `mapping` from our field names to column names (`{"body": "FullText"}`).

    `dates` is the order in dates like 03/04/2019 if the source does not show it: "day_first", "month_first", or None.
    """

    limits: Limits = Limits()
    mapping: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None


class Refused(ValueError):
    """The reader refuses a file or an inner file; `reason_code` and `reason` (without the path) say why."""

    def __init__(self, reason_code: str, reason: str) -> None:
        super().__init__(reason)
        self.reason_code = reason_code
        self.reason = reason
