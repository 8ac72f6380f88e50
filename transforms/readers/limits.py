"""Declare the limits of readers, and the mapping of column names.

A file that exceeds a limit is rejected with a reason; this is never an error. The defaults keep a run within 1 GB of
memory, whatever the files contain; settings can raise the limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_PACKED = 100  # largest compression ratio of the texts in a file; ordinary text has 3 to 10
ARTICLE_BYTES = 10  # least mean size of an article in a file with more than FEW articles
FEW = 10_000  # number of articles that is allowed in a file of any size
FEW_SHORT = 1_000  # number of articles that is allowed however short they are
SHORTEST = 10  # least mean length in characters of more than FEW_SHORT articles; even headlines are longer


@dataclass(frozen=True)
class Limits:
    """Largest size of one file, of all data unpacked from it, of one article, and so on."""

    file_bytes: int = 20_000_000  # bytes of a document that is held in memory as a whole
    unpacked_bytes: int = 2_000_000_000  # bytes unpacked from one outer file, all members together
    members: int = 100_000  # files in one archive
    articles: int = 100_000  # articles in one file
    characters: int = 1_000_000  # characters of one article's text
    nesting: int = 4  # levels of archives in archives
    payload_characters: int = 10_000  # characters of a reject's text that are kept

    def most_unpacked(self, size: int | None) -> int:
        """Return the number of bytes that a file of `size` bytes may unpack to; None stands for an unknown size."""
        if size is None:
            return self.unpacked_bytes
        return min(self.unpacked_bytes, max(25 * self.file_bytes, MOST_PACKED * size))

    def most_text(self, size: int) -> int:
        """Return the largest total length, in characters, of all articles in a file of `size` bytes."""
        return min(self.unpacked_bytes, max(self.file_bytes, MOST_PACKED * size))

    def most_articles(self, size: int) -> int:
        """Return the largest number of articles in a file of `size` bytes.

        Even a compressed article takes more than ARTICLE_BYTES, unless the file repeats the same bytes. A small file
        may have FEW articles.
        """
        return min(self.articles, max(FEW, size // ARTICLE_BYTES))


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
