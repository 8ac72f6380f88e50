"""Schemas of the frames that pass between steps and are not tables of the warehouse.

All offsets are Unicode code points, end exclusive. Those of `RECORDS` count from the start of the decoded file,
all others from the start of `articles.body`.
"""

from __future__ import annotations

import polars as pl

from schema.column_values import SPANS
from schema.derive import polars_schema
from schema.table import Table
from transforms.record import DTYPES

# One article found in one file, as the reader understood it; `record_no` counts from 1 within the file.
RECORDS = pl.Schema({"path": pl.String, "record_no": pl.Int32, **DTYPES})

# One attribution as the extractor found it. Source and cue may be missing; then their offsets are null.
FOUND_STATEMENTS = pl.Schema(
    [
        ("article_id", pl.String),
        ("seq_no", pl.Int32),  # 1, 2, 3... by the first of cue and content
        ("kind", pl.String),  # direct, indirect, mixed: by the quotation marks around the content
        ("content_spans", SPANS),  # ordered, not overlapping, at least one; without the outer quotation marks
        ("cue_start", pl.Int32),
        ("cue_end", pl.Int32),
        ("source_start", pl.Int32),
        ("source_end", pl.Int32),
        ("confidence", pl.Float32),
        ("parent_no", pl.Int32),  # seq_no of the statement whose content this one stands in
    ]
)

# One name as the network found it.
FOUND_NAMES = pl.Schema(
    [
        ("article_id", pl.String),
        ("start", pl.Int32),
        ("end", pl.Int32),
        ("label", pl.String),  # PERSON, ORG, GPE (any place), NORP, MISC
    ]
)

# Whom the network takes a source or a pronoun for.
FOUND_POINTERS = pl.Schema(
    [
        ("article_id", pl.String),
        ("at", pl.Int32),  # where the source or the pronoun begins
        (
            "name_start",
            pl.Int32,
        ),  # where the name begins; `at` itself when the article does not name the one meant
        ("score", pl.Float32),  # log-probability
    ]
)


def conform(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Exactly the columns of the table, with its types, sorted by its key."""
    schema = polars_schema(table)
    return frame.select(schema.names()).cast(schema).sort(list(table.key))


def without(table: Table, *columns: str) -> pl.Schema:
    """The schema of the table but for some columns."""
    return pl.Schema({name: dtype for name, dtype in polars_schema(table).items() if name not in columns})
