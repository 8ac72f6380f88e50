"""Compute the sketches with which later runs find versions of generated articles and prints of their statements."""

from __future__ import annotations

import polars as pl

from transforms.articles.stories import build_sketches
from transforms.statements.wordings import build_statement_sketches

AT_ONCE = 5_000  # rows sketched at a time; the words of all statements of a part would take 900 MB


def sketch(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the rows of `sketches` and `statement_sketches`. Takes about a millisecond of CPU time per article."""
    [run_id] = tables["runs"]["run_id"]
    articles, statements = (tables[name].iter_slices(AT_ONCE) for name in ("articles", "statements"))
    return {
        "sketches": pl.concat(build_sketches(some) for some in articles),
        "statement_sketches": pl.concat(build_statement_sketches(some, run_id) for some in statements),
    }
