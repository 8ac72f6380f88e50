"""Say in SQL on which days rows can be, so that DuckDB reads only a part of a table."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

EPOCH = "DATE '1970-01-01'"


class Span(NamedTuple):
    """The first and last day of some rows, as days since 1970; both are None for all days.

    `is_any_undated`: whether any row of the table has no day.
    """

    first: int | None
    last: int | None
    is_any_undated: bool = True

    @classmethod
    def of(cls, days: pl.Series) -> Span:
        """The span of all `days`; all days if one of them is unknown."""
        if days.is_empty() or days.null_count():
            return ALL_DAYS
        numbers = pl.DataFrame({"day": days.cast(pl.Int32)})
        first, last = numbers.select(first=pl.min("day"), last=pl.max("day")).row(0)
        return cls(first, last, is_any_undated=False)

    def widened(self, days: int) -> Span:
        """The span with some days more before and after it."""
        if self.first is None or self.last is None:
            return self
        return self._replace(first=self.first - days, last=self.last + days)

    @property
    def condition(self) -> str:
        """An SQL condition for rows whose day (`published_on`) is in the span or unknown.

        It has the days as constants, so that DuckDB skips the blocks of rows of other days.
        """
        if self.first is None or self.last is None:
            return "true"
        within = f"published_on BETWEEN {EPOCH} + ({self.first}) AND {EPOCH} + ({self.last})"
        return f"(published_on IS NULL OR {within})" if self.is_any_undated else within

    def contains(self, days: pl.Series, margin: int) -> bool:
        """Whether all of `days` are known and at least `margin` days from the first and last day of the span."""
        if self.first is None or self.last is None or days.is_empty():
            return True
        numbers = days.cast(pl.Int32)
        return not days.null_count() and numbers.is_between(self.first + margin, self.last - margin).all()


ALL_DAYS = Span(None, None)
