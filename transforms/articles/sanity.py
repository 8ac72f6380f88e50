"""Records -> those that can be articles, and why the others cannot.

These records are rejected before extraction, so that no actor or role depends on them. The gate applies the same rules
(`REJECTING` in `expectations/rules.py`) again later.
"""

from __future__ import annotations

import polars as pl

_TEXT = r"[^\s\p{Z}\p{C}]"


def split_records(records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Frame in the RECORDS schema -> the sane records, and the faults of the others.

    A fault is `path`, `record_no`, `reason_code`, `reason` (a sentence that begins with the path).
    """
    is_blank = ~pl.col("body").str.contains(_TEXT)
    faults = records.filter(is_blank).select(
        "path",
        "record_no",
        reason_code=pl.lit("no_body"),
        reason=pl.format("{}: has a body that is blank", "path"),
    )
    return records.filter(~is_blank), faults
