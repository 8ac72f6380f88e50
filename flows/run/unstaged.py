"""Hold the tables of batches from when they are computed until they are staged."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Set
from time import perf_counter

import polars as pl


class UnstagedTables:
    """Tables that are not staged yet, and the articles of files whose ledger rows are not staged yet."""

    def __init__(self, stage_seconds: float) -> None:
        self._stage_seconds = stage_seconds
        self._staged_at = perf_counter()
        self.tables: list[Mapping[str, pl.DataFrame]] = []
        self.unanalysed: list[pl.DataFrame] = []  # articles whose analysis exceeded a limit
        self.under_way: deque[Set[str]] = deque()  # ids of articles, one set for each batch of files read

    def add_reading(self, article_ids: Set[str]) -> None:
        """Remember the articles of files that were just read."""
        self.under_way.append(article_ids)

    def add(self, *tables: Mapping[str, pl.DataFrame]) -> None:
        """Keep tables until they are staged; articles in `unanalysed` are kept apart and never published."""
        for found in tables:
            facts = dict(found)
            if "unanalysed" in facts:
                self.unanalysed.append(facts.pop("unanalysed"))
            self.tables.append(facts)

    @property
    def is_due(self) -> bool:
        """Whether it is time to stage, so that a killed run loses only a few seconds of work."""
        return perf_counter() - self._staged_at >= self._stage_seconds

    def clear(self) -> None:
        """Forget what is staged now: the tables, and the articles of files whose ledger rows are staged."""
        for tables in self.tables:
            if "files" in tables:
                self.under_way.popleft()
        self.tables.clear()
        self.unanalysed.clear()
        self._staged_at = perf_counter()
