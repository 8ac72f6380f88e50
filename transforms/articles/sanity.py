"""Reject records that cannot become articles, and state the reason.

This happens before extraction, so that no actor or role depends on such a record. The gate checks the same rules again
later (`REJECTING` in `expectations/rules.py`).
"""

from __future__ import annotations

import polars as pl

_TEXT = r"[^\s\p{Z}\p{C}]"


def split_records(records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split RECORDS into the valid records and the faults of the invalid records.

    A fault has `path`, `record_no`, `reason_code` and `reason` (a sentence that begins with the path).
    """
    is_blank = ~pl.col("body").str.contains(_TEXT)
    faults = records.filter(is_blank).select(
        "path",
        "record_no",
        reason_code=pl.lit("no_body"),
        reason=pl.format("{}: has no text", "path"),
    )
    return records.filter(~is_blank), faults
