"""What a declaration of a table consists of: `Table` and `Column`; the tables are in `schema/tables.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

Merge = Literal["keep", "min", "max", "sum", "replace"]


@dataclass(frozen=True)
class Column:
    """One column.

    `doc` is the comment in the catalog. `merge` says how the column is updated when a later batch brings a row whose
    key is already there. "replace" is for what is computed from all evidence at the end of a run
    (`warehouse/staging/entities.py`). All other rules are commutative and associative, so neither the order of the
    files nor the size of the batches can change a table. A `settled` column may change in published rows when new
    articles show more about them (`NextVersion.amend`).
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

    A row of a table that `repeats` may come from several batches of one run, which do not know each other; the first
    one is staged.
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
