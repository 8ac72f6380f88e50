"""Build the rows of the ledger: `ops.files`, `ops.rejects`, `ops.runs`, `ops.sources`, `ops.contents`.

All functions are pure: they take frames and values and return frames. For each file, articles found = loaded +
duplicate + rejected.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from schema.derive import polars_schema
from schema.tables import CONTENTS, FILES, REJECTS, RUNS

HANDLED = pl.Schema(
    {
        "path": pl.String,
        "file_sha256": pl.String,
        "format": pl.String,
        "seen_in": pl.String,  # the earlier run that read the same bytes; null if none did
        "size_bytes": pl.Int64,
        "modified_ns": pl.Int64,
        "is_unread": pl.Boolean,  # not opened, because size and time have not changed since the last reading
    }
)
LEFT_OUT = pl.Schema(
    {
        "stage": pl.String,
        "path": pl.String,
        "record_no": pl.Int32,  # null if the whole file is rejected
        "reason_code": pl.String,
        "reason": pl.String,
        "payload": pl.String,
    }
)


PLACES = pl.Schema({"path": pl.String, "article_id": pl.String, "is_loaded": pl.Boolean})


@dataclass(frozen=True)
class BatchRead:
    """A batch of files after reading: `handled` has one row per file, `left_out` has one row per reject."""

    handled: pl.DataFrame
    records: pl.DataFrame
    left_out: pl.DataFrame


def run_row(
    run_id: str, started: datetime, ended: datetime | None, version: str, parameters: Mapping[str, Any]
) -> pl.DataFrame:
    """The row of `ops.runs`. Its status is always `published`, because rows of other runs are never published."""
    row = (run_id, started, ended, "published", version, json.dumps(parameters, default=str))
    return pl.DataFrame([row], polars_schema(RUNS), orient="row")


def number_rejects(left_out: pl.DataFrame, run_id: str, after: int = 0) -> pl.DataFrame:
    """Build rows of `ops.rejects` from `left_out`, numbered from `after` + 1 on."""
    return left_out.select(
        pl.lit(run_id).alias("run_id"),
        (pl.int_range(1, pl.len() + 1, dtype=pl.Int32) + after).alias("reject_no"),
        *LEFT_OUT.names(),
    ).cast(polars_schema(REJECTS))


def build_files(
    handled: pl.DataFrame, places: pl.DataFrame, left_out: pl.DataFrame, run_id: str
) -> pl.DataFrame:
    """Rows of `ops.files`, in the order of `handled`.

    `places` has one row for each readable article, repeated texts included: its `path`, and `is_loaded`, which is
    false if the text is in the warehouse already or was found before in this run.
    """
    return (
        handled.join(_count_articles(places), on="path", how="left", maintain_order="left")
        .join(_count_rejected(left_out), on="path", how="left", maintain_order="left")
        .with_columns(pl.col("loaded", "duplicate", "rejected").fill_null(0))
        .with_columns(outcome=_outcome())
        .select(
            pl.lit(run_id).alias("run_id"),
            "path",
            "file_sha256",
            "format",
            "outcome",
            (pl.col("loaded") + pl.col("duplicate") + pl.col("rejected")).alias("articles_found"),
            pl.col("loaded").alias("articles_loaded"),
            pl.col("duplicate").alias("articles_duplicate"),
            pl.col("rejected").alias("articles_rejected"),
            _reason().alias("reason"),
        )
        .cast(polars_schema(FILES))
    )


def _count_articles(places: pl.DataFrame) -> pl.DataFrame:
    return places.group_by("path").agg(
        loaded=pl.col("is_loaded").sum(), duplicate=(~pl.col("is_loaded")).sum()
    )


def _count_rejected(left_out: pl.DataFrame) -> pl.DataFrame:
    return left_out.group_by("path", maintain_order=True).agg(
        rejected=pl.col("record_no").n_unique() - pl.col("record_no").is_null().any(),
        first_reason=pl.first("reason"),
    )


def _outcome() -> pl.Expr:
    return (
        pl.when(pl.col("seen_in").is_not_null())
        .then(pl.lit("unchanged"))
        .when(pl.col("loaded") > 0)
        .then(pl.lit("loaded"))
        .when(pl.col("duplicate") > 0)
        .then(pl.lit("duplicate"))
        .otherwise(pl.lit("rejected"))
    )


def _reason() -> pl.Expr:
    return (
        pl.when(outcome="unchanged")
        .then(pl.format("run {} read the same bytes", "seen_in"))
        .when(outcome="duplicate")
        .then(pl.lit("every article in it was loaded from another file"))
        .when(outcome="rejected")
        .then("first_reason")
    )


def build_sources(handled: pl.DataFrame, files: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """Build rows of `ops.sources` for the files that were read, except rejected files."""
    read = handled.filter(~pl.col("is_unread"), pl.col("file_sha256").is_not_null())
    return read.join(files.filter(pl.col("outcome") == "rejected"), on="path", how="anti").select(
        "path", "file_sha256", "size_bytes", "modified_ns", pl.lit(run_id).alias("run_id")
    )


def build_contents(handled: pl.DataFrame, places: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """Build rows of `ops.contents`; each row links the bytes of a file to one article in these bytes."""
    return (
        places.join(handled.select("path", "file_sha256"), on="path")
        .select("file_sha256", "article_id", pl.lit(run_id).alias("run_id"))
        .unique(["file_sha256", "article_id"], maintain_order=True)
        .cast(polars_schema(CONTENTS))
    )
