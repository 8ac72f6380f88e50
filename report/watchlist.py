"""Read and write the file of saved searches next to a warehouse, and find what a run added to each.

Each line is a name and a search in the form of the explorer's addresses: `harbour,q=harbour&speaker=Marsk`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from report.explore.queries import KEPT
from report.explore.search import Search, count_hits, find
from schema.errors import UsageError
from warehouse.files.write_whole import one_writer, read_whole, write_whole
from warehouse.query.live import Live, Reading, Row

COLUMNS = ["name", "search"]
MOST = 100  # saved searches; each is counted at the end of every run
MAX_NAME = 80
MAX_BYTES = 200_000
EXAMPLES = 3
FEW = 8  # searches; above this, it pays to load the columns they need into memory


class WatchlistError(UsageError):
    """A saved search cannot be read, added or removed; the message says why."""


@dataclass(frozen=True)
class Saved:
    """A saved search and its name."""

    name: str
    search: Search

    @property
    def query(self) -> str:
        """The search as written in the file."""
        return self.search.address("").removeprefix("?")


@dataclass(frozen=True)
class News:
    """The statements that a run added to a saved search: how many there are, and the newest of them."""

    name: str
    address: str
    statements: int
    examples: list[Row]


@dataclass(frozen=True)
class Watchlist:
    """The file of saved searches at `path`, which may be missing."""

    path: Path

    def read(self) -> list[Saved]:
        """Read all searches, in the order of the file; raise `WatchlistError` if one is invalid, with its number."""
        try:
            data = read_whole(self.path, MAX_BYTES)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise WatchlistError(f"{self.path} cannot be read: {error.strerror}") from error
        if len(data) > MAX_BYTES:
            raise WatchlistError(f"{self.path} is larger than {MAX_BYTES:,} bytes")
        return self._parse(data)

    def add(self, name: str, search: str) -> Saved:
        """Save a search, given as an address of the explorer, as the query part of one, or as words."""
        saved = make_saved(name, search)
        with one_writer(self.path):
            there = self.read()
            if any(other.name.casefold() == saved.name.casefold() for other in there):
                raise WatchlistError(f"{self.path} has a search called {saved.name}; remove it first")
            if len(there) >= MOST:
                raise WatchlistError(f"{self.path} has {MOST} searches, which is the limit; remove one first")
            self._write([*there, saved])
        return saved

    def remove(self, name: str) -> Saved:
        """Remove a search from the file and return it."""
        with one_writer(self.path):
            there = self.read()
            found = [saved for saved in there if saved.name.casefold() == name.strip().casefold()]
            if not found:
                raise WatchlistError(f"{self.path} has no search called {name}")
            self._write([saved for saved in there if saved not in found])
        return found[0]

    def _parse(self, data: bytes) -> list[Saved]:
        try:
            rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) if any(row)]
        except (UnicodeDecodeError, csv.Error) as error:
            raise WatchlistError(f"{self.path} is not CSV in UTF-8: {error}") from error
        if rows and rows[0] != COLUMNS:
            raise WatchlistError(f"{self.path}: its first line must be {','.join(COLUMNS)}")
        if len(rows) > MOST + 1:
            raise WatchlistError(f"{self.path} has more than {MOST} searches")
        return [self._parse_row(number, row) for number, row in enumerate(rows[1:], 1)]

    def _parse_row(self, number: int, row: Sequence[str]) -> Saved:
        if len(row) != len(COLUMNS):
            raise WatchlistError(f"{self.path}, search {number}: {len(row)} cells instead of {len(COLUMNS)}")
        try:
            return make_saved(*row)
        except WatchlistError as error:
            raise WatchlistError(f"{self.path}, search {number}: {error}") from error

    def _write(self, searches: Sequence[Saved]) -> None:
        """Replace the file atomically, so that a run never reads a half-written file."""
        text = io.StringIO(newline="")
        rows = [COLUMNS, *([saved.name, saved.query] for saved in searches)]
        csv.writer(text, lineterminator="\n").writerows(rows)
        write_whole(self.path, lambda part: part.write_text(text.getvalue(), encoding="utf-8", newline=""))


def make_saved(name: str, search: str) -> Saved:
    """Return a saved search; raise `WatchlistError` if the name or the search is invalid."""
    name, search = " ".join(name.split()), search.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise WatchlistError(f"a search needs a name of 1 to {MAX_NAME} printable characters")
    query = urlsplit(search).query if "?" in search else search if "=" in search else f"q={search}"
    found = Search.of(dict(parse_qsl(query, max_num_fields=100)))
    wanted = replace(found, page=1, by="none", run="", sort="")
    if wanted.is_empty:
        raise WatchlistError(
            f"{search!r} has neither words nor filters: give words, or a search like 'q=harbour&speaker=Marsk'"
        )
    return Saved(name, wanted)


def count_news(reading: Reading, saved: Saved, run_id: str) -> int:
    """Count the statements that a run added to a saved search."""
    return count_hits(reading, replace(saved.search, run=run_id))


def find_news(warehouse: Path, searches: Sequence[Saved], run_id: str) -> list[News]:
    """Return what a run added to each search; leave out searches with nothing new."""
    found: list[News] = []
    if not searches:
        return found
    live = Live(warehouse, kept=KEPT if len(searches) > FEW else "")
    try:
        for saved in searches:
            wanted = replace(saved.search, run=run_id, sort="new")
            with live.reading() as reading:
                if count_hits(reading, wanted):
                    hits = find(reading, wanted)
                    found.append(News(saved.name, wanted.address(), hits.total, hits.hits.rows[:EXAMPLES]))
    finally:
        live.close()
    return found
