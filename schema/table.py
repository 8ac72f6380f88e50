"""`Table` and `Column`, of which declarations consist; `schema/tables.py` has the declarations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

Merge = Literal["keep", "min", "max", "sum", "replace"]


@dataclass(frozen=True)
class Column:
    """One column.

    `doc` is the comment in the catalog. `merge` says how the column is updated when a later batch has a row with an
    existing key. "replace" is for values computed from all evidence at the end of a run
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

    `repeats`: several batches of one run may produce the same row independently; the first one is staged.
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
