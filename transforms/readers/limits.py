"""The limits of a reader, and the mapping of column names.

A file over a limit is a reject with a reason, never an error. The defaults keep a run within 1 GB of memory, whatever
the files contain; a setting can raise each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_PACKED = 100  # times that the texts in a file may be larger than the file; they pack three to ten times
FEW = 10_000  # articles that any file may have
FEW_SHORT = (
    1_000  # articles that any file may have however short they are; of more the texts have, on average,
)
SHORTEST = 10  # characters: no list of headlines has fewer


@dataclass(frozen=True)
class Limits:
    """Largest sizes: of one file, of all that one file unpacks to, of one article, and so on."""

    file_bytes: int = 20_000_000  # a document that must be held in memory as a whole
    unpacked_bytes: int = 2_000_000_000  # all that one outer file unpacks to, over all its members
    members: int = 100_000  # files in one archive
    articles: int = 100_000  # in one file
    characters: int = 1_000_000  # of one article's text
    nesting: int = 4  # archives in archives
    payload_characters: int = 10_000  # kept of what is rejected

    def most_text(self, size: int) -> int:
        """How many characters all articles in a file of this size (bytes) may have together."""
        return min(self.unpacked_bytes, max(self.file_bytes, MOST_PACKED * size))

    def most_articles(self, size: int) -> int:
        """How many articles a file of this size (bytes) may have: more articles than bytes repeat one text."""
        return min(self.articles, max(FEW, size))


@dataclass(frozen=True)
class Options:
    """Options of a reader: limits, and `mapping` from our names to a table's (`{"body": "FullText"}`).

    `dates` says how 03/04/2019 is meant where a source does not show it: "day_first", "month_first", or null.
    """

    limits: Limits = Limits()
    mapping: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None


class Refused(ValueError):
    """A file or a part of one is refused; `reason_code` and `reason` (without the path) say why."""

    def __init__(self, reason_code: str, reason: str) -> None:
        super().__init__(reason)
        self.reason_code = reason_code
        self.reason = reason
