"""Schemas of the frames that pass between steps and are not tables of the warehouse.

All offsets are Unicode code points, end exclusive. Those of `RECORDS` count from the start of the decoded file,
all others from the start of `articles.body`.
"""

from __future__ import annotations

import polars as pl

from schema.column_values import SPANS
from schema.derive import polars_schema
from schema.table import Table

HEADER_SPANS = pl.List(pl.Struct({"field": pl.String, "start": pl.Int64, "end": pl.Int64}))

# One article found in one file, as the reader understood it; null where the file does not say.
RECORDS = pl.Schema(
    [
        ("path", pl.String),
        ("record_no", pl.Int32),  # from 1 within the file
        (
            "body",
            pl.String,
        ),  # slice of the text it was cut from: the decoded file, or the field with the text
        ("body_start", pl.Int64),  # in that text, as are the header_spans
        ("headline", pl.String),
        ("byline", pl.String),  # without "By"; several authors as written, or joined by ", "
        ("agency", pl.String),
        ("outlet", pl.String),
        ("dateline_place", pl.String),
        ("dateline_date", pl.String),  # as written: "June 3", "3 June 2019"
        ("published", pl.String),  # as written; the best one where a file has several
        (
            "published_in",
            pl.String,
        ),  # where that was found: "header", "dateline", "field pub_date", "JSON-LD"
        ("published_on", pl.Date),  # the day, where `published` is one whole date with one meaning
        ("updated", pl.String),  # as written: when this version was made, where the file has it apart
        ("language", pl.String),  # two letters when known, else as written
        ("url", pl.String),
        ("guid", pl.String),  # what the source calls the article in all its versions
        ("version", pl.String),  # as written: "3", "1st Ld-Writethru"
        ("status", pl.String),  # usable, withheld or canceled (IPTC pubStatus), in small letters
        ("embargo", pl.String),  # as written: not to be published before
        ("note", pl.String),  # the editor's note: "CORRECTS spelling in paragraph 3"
        ("extra", pl.String),  # JSON object of the fields that have no column
        (
            "place",
            pl.String,
        ),  # where in the file: "news.zip > a.json, item 3"; null for a file of one article
        ("format", pl.String),  # reader that made the record, see transforms.readers.FORMATS
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
