"""Declare the tables of sketches: hashes that serve to find versions of a story and prints of an utterance."""

from __future__ import annotations

import polars as pl

from schema.table import Column, Table

SKETCHES = Table(
    "sketches",
    "one article's hashes, which serve to find other versions of its story",
    ("article_id",),
    (
        Column("article_id", pl.String, "the article", references="main.articles.article_id"),
        Column("published_on", pl.Date, "day of the article", required=False),
        Column("word_count", pl.Int32, "number of words in the article", minimum=0),
        Column("bands", pl.List(pl.Int64), "hashes of bands of MinHashes of the text (LSH); empty for a short text"),
        Column("guid_key", pl.Int64, "hash of the guid", required=False),
        Column("headline_key", pl.Int64, "hash of the headline without marks such as 'UPDATE 2-'", required=False),
        Column("is_marked", pl.Boolean, "whether the article is marked as a later version"),
        Column("text_key", pl.Int64, "hash of the text without white space, with one style of quotation marks and "
               "dashes", required=False),
        Column("url_key", pl.Int64, "hash of the url", required=False),
        Column("slug_key", pl.Int64, "hash of the slug together with the outlet or agency", required=False),
        Column("kills", pl.List(pl.Int64), "if the article withdraws a story: hashes that identify this story",
               required=False),
        Column("common_words", pl.List(pl.Int16), "MinHashes of the words written in lower case; empty for a short "
               "text", required=False),
        Column("names", pl.List(pl.Int16), "hashes of the names in the text", required=False),
        Column("subjects", pl.List(pl.Int16), "hashes of the names that occur more than once", required=False),
        Column("numbers", pl.List(pl.Int16), "hashes of the numbers in the text", required=False),
        Column("run_id", pl.String, "run that loaded the article", references="ops.runs.run_id"),
    ),
    schema="ops",
)  # fmt: skip

STATEMENT_SKETCHES = Table(
    "statement_sketches",
    "one statement's hashes, which serve to find other statements that report the same utterance",
    ("statement_id",),
    (
        Column("statement_id", pl.String, "the statement", references="main.statements.statement_id"),
        Column("article_id", pl.String, "article of the statement", references="main.articles.article_id"),
        Column("published_on", pl.Date, "day of the article", required=False),
        Column("text_key", pl.Int64, "hash of the content without white space, with one style of quotation marks and "
               "dashes"),
        Column("words", pl.List(pl.Int32), "hashes of the rarest words of the content"),
        Column("runs", pl.List(pl.Int32), "hashes of some four-word sequences in the content"),
        Column("run_id", pl.String, "run that computed the sketch", references="ops.runs.run_id"),
    ),
    schema="ops",
)  # fmt: skip
