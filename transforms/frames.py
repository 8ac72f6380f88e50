"""Schemas of the frames that pass between steps and are not tables of the warehouse.

All offsets are Unicode code points, end exclusive. Offsets in `RECORDS` count from the start of the decoded file,
all other offsets from the start of `articles.body`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import polars as pl

from schema.column_values import SPANS
from schema.derive import polars_schema
from schema.table import Table
from transforms.record import DTYPES

# One article as the reader understood it; `record_no` counts from 1 within the file.
RECORDS = pl.Schema({"path": pl.String, "record_no": pl.Int32, **DTYPES})

# One statement as the extractor found it. The offsets of a missing source or cue are null.
FOUND_STATEMENTS = pl.Schema(
    [
        ("article_id", pl.String),
        ("seq_no", pl.Int32),  # 1, 2, 3... in the order in which cue or content begins
        ("kind", pl.String),  # direct, indirect or mixed, from the quotation marks around the content
        (
            "content_spans",
            SPANS,
        ),  # at least one; in order, not overlapping; without the outer quotation marks
        ("cue_start", pl.Int32),
        ("cue_end", pl.Int32),
        ("source_start", pl.Int32),
        ("source_end", pl.Int32),
        ("confidence", pl.Float32),
        ("parent_no", pl.Int32),  # seq_no of the statement that contains this one
    ]
)

# One name as the tagger found it.
FOUND_NAMES = pl.Schema(
    [
        ("article_id", pl.String),
        ("start", pl.Int32),
        ("end", pl.Int32),
        ("label", pl.String),  # PERSON, ORG, GPE (any place), NORP, MISC, MAYBE (a possible organization)
        # log-probabilities that the words name a person, an organization, nothing
        ("person", pl.Float32),
        ("organization", pl.Float32),
        ("nothing", pl.Float32),
    ]
)

# The name that the tagger links a source or pronoun to.
FOUND_POINTERS = pl.Schema(
    [
        ("article_id", pl.String),
        ("at", pl.Int32),  # start of the source or pronoun
        ("name_start", pl.Int32),  # equal to `at` if the article does not name the person
        ("score", pl.Float32),  # log-probability
    ]
)


def frame_of(rows: Iterable[Sequence[Any]], schema: pl.Schema) -> pl.DataFrame:
    """Return the rows as a frame. Polars reads columns in a third of the time of rows."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pl.DataFrame(dict(zip(schema, columns, strict=True)), schema)


def list_column(lists: Sequence[Sequence[Any]], dtype: pl.List) -> pl.Series:
    """Return a column of lists; a struct in a list is a dict with all its fields.

    Polars reads nested values slowly, so this reads all items as one column and then splits it into lists.
    """
    if not lists:
        return pl.Series("list", [], dtype)
    items = [item for one in lists for item in one]
    if isinstance(dtype.inner, pl.Struct):
        fields = pl.Schema(dtype.inner.to_schema())
        column = pl.DataFrame({name: [item[name] for item in items] for name in fields}, fields).to_struct()
    else:
        column = pl.Series(items, dtype=dtype.inner)
    size = pl.col("size")
    sizes = pl.DataFrame({"size": [len(one) for one in lists]}, {"size": pl.Int64})
    whole = pl.lit(column.implode()).first()
    return sizes.select(list=whole.list.slice(size.cum_sum() - size, size))["list"]


def read_spans(column: pl.Series) -> list[list[tuple[int, int]]]:
    """Return the start and the end of each span in a column of SPANS, one list per row.

    This takes half of the time that Polars takes to make a dict of each span."""
    sizes = column.list.len()
    spans = column.filter(sizes > 0).explode().struct
    pairs = zip(spans.field("start").to_list(), spans.field("end").to_list(), strict=True)
    return [list(islice(pairs, size)) for size in sizes.to_list()]


def compute(plan: pl.LazyFrame) -> pl.DataFrame:
    """Run a plan for the rows of one batch. For so few rows, optimizing the plan takes longer than it saves."""
    return plan.collect(optimizations=pl.QueryOptFlags.none())


def conform(frame: pl.DataFrame | pl.LazyFrame, table: Table) -> pl.DataFrame:
    """Return the frame with exactly the columns and types of the table, sorted by the key of the table."""
    schema = polars_schema(table)
    return compute(frame.lazy().select(schema.names()).cast(schema).sort(list(table.key)))


def without(table: Table, *columns: str) -> pl.Schema:
    """Return the schema of the table without the given columns."""
    return pl.Schema({name: dtype for name, dtype in polars_schema(table).items() if name not in columns})
