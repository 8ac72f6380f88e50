"""The declaration of the tables by which articles and statements that belong together are found: hashes, no words."""

from __future__ import annotations

import polars as pl

from schema.table import Column, Table

SKETCHES = Table(
    "sketches",
    "one article, in numbers by which other versions of its story are found",
    ("article_id",),
    (
        Column("article_id", pl.String, "the article", references="main.articles.article_id"),
        Column("published_on", pl.Date, "its day", required=False),
        Column("word_count", pl.Int32, "its words", minimum=0),
        Column("bands", pl.List(pl.Int64), "hashes of MinHashes of its text; none of a short one"),
        Column("guid_key", pl.Int64, "hash of what its source calls it", required=False),
        Column("headline_key", pl.Int64, "hash of its headline without marks such as 'UPDATE 2-'", required=False),
        Column("is_marked", pl.Boolean, "whether it is marked as a later version"),
        Column("text_key", pl.Int64, "hash of its text without blanks and kinds of quotation marks", required=False),
        Column("url_key", pl.Int64, "hash of its address", required=False),
        Column("slug_key", pl.Int64, "hash of its slug and source", required=False),
        Column("kills", pl.List(pl.Int64), "hashes of what it calls a story that it takes back", required=False),
        Column("common_words", pl.List(pl.Int16), "MinHashes of its words in small letters; none of a short one",
               required=False),
        Column("names", pl.List(pl.Int16), "hashes of its names", required=False),
        Column("subjects", pl.List(pl.Int16), "those that it repeats", required=False),
        Column("numbers", pl.List(pl.Int16), "hashes of its numbers", required=False),
        Column("run_id", pl.String, "run that loaded the article", references="ops.runs.run_id"),
    ),
    schema="ops",
)  # fmt: skip

STATEMENT_SKETCHES = Table(
    "statement_sketches",
    "one statement, in numbers by which other prints of the same saying are found",
    ("statement_id",),
    (
        Column("statement_id", pl.String, "the statement", references="main.statements.statement_id"),
        Column("article_id", pl.String, "its article", references="main.articles.article_id"),
        Column("published_on", pl.Date, "its day", required=False),
        Column("text_key", pl.Int64, "hash of its words without blanks and kinds of quotation marks"),
        Column("words", pl.List(pl.Int32), "hashes of its rarest words"),
        Column("runs", pl.List(pl.Int32), "hashes of some runs of four of its words"),
        Column("run_id", pl.String, "run that made it", references="ops.runs.run_id"),
    ),
    schema="ops",
)  # fmt: skip
