"""Define `Table` and `Column`, with which `schema/tables.py` declares the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

Merge = Literal["keep", "min", "max", "sum", "replace"]


@dataclass(frozen=True)
class Column:
    """The declaration of a column: its type, meaning and plain checks, and how a merge updates it.

    `doc` is the comment in the catalog. `merge` says how the column is updated when a later batch has a row with an
    existing key. "replace" is for values that are computed from all evidence at the end of a run
    (`warehouse/staging/entities.py`). All other rules are commutative and associative, so that neither the order of
    files nor the size of batches changes a table. A `settled` column may change in published rows when new articles add
    evidence (`NextVersion.amend`). A `long` column has texts of thousands of characters.
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
    long: bool = False


@dataclass(frozen=True)
class Table:
    """One table: `grain` is what one row is, `key` the columns that identify it.

    `repeats` means that several batches of one run may produce the same row; the first one is staged.
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
