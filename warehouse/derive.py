"""A table's declaration -> what follows from it."""

from __future__ import annotations

import polars as pl

from warehouse.tables import Table


def polars_schema(table: Table) -> pl.Schema:
    """The columns of `table` in their order, with their Polars types."""
    return pl.Schema({column.name: column.dtype for column in table.columns})
