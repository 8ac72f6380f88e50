"""What a declaration of a table consists of: `Table` and `Column`; the tables are in `schema/tables.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

Merge = Literal["keep", "min", "max", "sum", "replace"]


@dataclass(frozen=True)
class Column:
    """One column.

    `doc` is the comment in the catalog. `merge` says what becomes of the column when a later batch brings a row
    with a key that is already there. "replace" is for what is made anew of all evidence at the end of a run
    (`warehouse/staging/entities.py`); all other rules are commutative and associative, so neither the order of the
    files
    nor the size of the batches can change a table. A `settled` column may change in rows that are published, when new
    articles throw another light on them (`NextVersion.amend`).
    """

    name: str
    dtype: pl.DataType | type[pl.DataType]
    doc: str
    required: bool = True
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    references: str | None = None
    merge: Merge = "keep"
    settled: bool = False


@dataclass(frozen=True)
class Table:
    """One table: `grain` is what one row is, `key` the columns that identify it.

    A row of a table that `repeats` may be found more than once in a run, in batches that know nothing of each other;
    the first one is staged.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    schema: Literal["main", "ops"] = "main"
    repeats: bool = False

    @property
    def qualified(self) -> str:
        return f"{self.schema}.{self.name}"
