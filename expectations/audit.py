"""A published warehouse -> the result of every check on all of it, as if everything had been staged today."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from expectations.gate import run_suite, run_suites, write_docs
from expectations.rulebook import RuleBook, open_rulebook
from warehouse.audit import open_published
from warehouse.derive import polars_schema
from warehouse.stage import STAGING
from warehouse.tables import CHECKS


def audit(warehouse: Path, book: RuleBook | None = None, data_docs: Path | None = None) -> pl.DataFrame:
    """Rows as of `ops.checks`, of the run 'audit'; nothing is written.

    Great Expectations' own pages on it are written to the folder `data_docs`, if one is given.

    What compares a run with those before has nothing to compare and passes. Raises `WarehouseError`.
    """
    from expectations.datasource import StagedBatches

    book = book or open_rulebook()
    with open_published(warehouse) as connection:
        batches = StagedBatches(connection, STAGING)
        rows = run_suites(batches, connection, book) + run_suite(batches, connection, book, "checks")
        if data_docs:
            write_docs(batches, data_docs, "audit")
    return pl.DataFrame([{"run_id": "audit", **row} for row in rows], polars_schema(CHECKS))
