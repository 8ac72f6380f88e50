"""Compute the sketches with which later runs find versions of generated articles and prints of their statements."""

from __future__ import annotations

import polars as pl

from transforms.articles.stories import build_sketches
from transforms.statements.wordings import build_statement_sketches


def sketch(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the rows of `sketches` and `statement_sketches`. Takes about a millisecond of CPU time per article."""
    [run_id] = tables["runs"]["run_id"]
    return {
        "sketches": build_sketches(tables["articles"]),
        "statement_sketches": build_statement_sketches(tables["statements"], run_id),
    }
