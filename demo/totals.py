"""Add up the rows about actors over all parts of a demo, because publishing a part replaces these rows."""

from __future__ import annotations

import polars as pl

TOTALS = {
    "first_seen_on": pl.col("first_seen_on").min(),
    "last_seen_on": pl.col("last_seen_on").max(),
    "mention_count": pl.col("mention_count").sum(),
    "article_count": pl.col("article_count").sum(),
    "evidence_article_id": pl.col("evidence_article_id").min(),
}


class RunningTotals:
    """The rows of all batches so far, by table, with their totals."""

    def __init__(self) -> None:
        self.frames: dict[str, pl.DataFrame] = {}

    def add(self, table: str, rows: pl.DataFrame, *key: str) -> pl.DataFrame:
        """Add a batch; returns its rows with days and counts over all batches so far."""
        both = pl.concat([self.frames.get(table, rows.clear()), rows])
        whole = [TOTALS.get(name, pl.col(name).first()) for name in rows.columns if name not in key]
        self.frames[table] = both.group_by(*key, maintain_order=True).agg(whole).select(rows.columns)
        return self.frames[table].join(rows, on=key, how="semi", maintain_order="left")
