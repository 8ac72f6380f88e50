"""Schemas of the frames that pass between steps and are not tables of the warehouse.

All offsets are Unicode code points, end exclusive. Those of `RECORDS` count from the start of the decoded file,
all others from the start of `articles.body`.
"""

from __future__ import annotations

import polars as pl

from warehouse.tables import SPANS

HEADER_SPANS = pl.List(pl.Struct({"field": pl.String, "start": pl.Int64, "end": pl.Int64}))

# One article found in one file, as the reader understood it; null where the file does not say.
RECORDS = pl.Schema(
    [
        ("path", pl.String),
        ("record_no", pl.Int32),  # from 1 within the file
        ("body", pl.String),  # exact slice of the decoded file
        ("body_start", pl.Int64),
        ("headline", pl.String),
        ("byline", pl.String),
        ("agency", pl.String),
        ("outlet", pl.String),
        ("dateline_place", pl.String),
        ("published_on", pl.Date),
        ("language", pl.String),
        ("url", pl.String),
        ("header_spans", HEADER_SPANS),
    ]
)

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
    ]
)

# One name as the name finder found it.
FOUND_NAMES = pl.Schema(
    [
        ("article_id", pl.String),
        ("start", pl.Int32),
        ("end", pl.Int32),
        (
            "label",
            pl.String,
        ),  # PERSON, ORG, GPE, LOC, NORP, FAC, PRODUCT, EVENT, WORK_OF_ART, LAW (OntoNotes)
    ]
)
