"""Build the `articles` table from records: one row per distinct body.

`link_records` finds the article that each record became; the flow uses this to count the outcomes of a file.
"""

from __future__ import annotations

import polars as pl

from schema.derive import polars_schema
from schema.tables import ARTICLES
from transforms.articles.timestamps import add_timestamps
from transforms.articles.wire_versions import read_version
from transforms.keys import content_key

_SCHEMA = polars_schema(ARTICLES)
# Columns derived from the text alone: they are the same for all copies of a text.
OF_THE_TEXT = ("language", "language_from", "extractor_version", "run_id")
# The position in the file, and columns that later steps fill.
_PLACE = (
    "article_id",
    "path",
    "record_no",
    "place",
    "body",
    "body_start",
    "header_spans",
    "word_count",
    "withdrawal",
)
_HEADER = [
    column.name
    for column in ARTICLES.columns
    if not column.settled and column.name not in (*_PLACE, *OF_THE_TEXT)
]
_WORD = r"[\p{L}\p{N}]\S*"  # "5G", "don’t" and "well-known" are one word each; a dash alone is no word


def build_articles(records: pl.DataFrame, *, run_id: str, known: pl.Series | None = None) -> pl.DataFrame:
    """Turn RECORDS into ARTICLES, sorted by article_id, without the articles whose id is in `known`.

    Of several records with one body, the record that `by_worth` puts first is kept, whatever their order.
    Later steps complete the rows: `stories.py` finds other versions of the story, `languages.py` finds the language,
    and `withdrawals.py` finds out whether the article withdraws a story.
    """
    best = _ranked(records).unique("article_id", keep="first", maintain_order=True)
    if known is not None:
        best = best.filter(~pl.col("article_id").is_in(known.implode()))
    return (
        best.with_columns(
            language_from=pl.lit(None, pl.String),
            story_id="article_id",
            is_latest=pl.lit(True),
            is_killed=pl.lit(False),
            copy_of=pl.lit(None, pl.String),
            withdrawal=pl.lit(None, pl.String),
            extractor_version=pl.lit(None, pl.String),
            word_count=pl.col("body").str.count_matches(_WORD),
            run_id=pl.lit(run_id),
        )
        .sort("article_id")
        .select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
    )


def link_records(records: pl.DataFrame) -> pl.DataFrame:
    """Return path, record_no, article_id and is_first of each of the RECORDS, sorted.

    `is_first` marks the record that `build_articles` uses; the other records of the article are duplicates.
    """
    return (
        _ranked(records)
        .select("path", "record_no", "article_id", is_first=pl.col("article_id").is_first_distinct())
        .sort(_folder_by_folder(), "record_no")
    )


def by_worth() -> list[pl.Expr]:
    """Return the sort keys that put the best copy of a text first.

    Copies with a publication day come first; then the latest version, which may be a correction or a cancellation;
    then the copy that has the most of these fields: headline, byline, outlet and agency. Among equals, the earliest
    copy comes first, then the copy whose path sorts first.
    """
    known = pl.sum_horizontal(
        pl.col(name).is_not_null() for name in ("headline", "byline", "outlet", "agency")
    )
    return [
        pl.col("published_on").is_null(),
        -pl.col("version_no").fill_null(1),
        -known.cast(pl.Int32),
        pl.col("published_on"),
        _folder_by_folder(),
        pl.col("record_no"),
    ]


def pick_better(copies: pl.DataFrame, current: pl.DataFrame) -> pl.DataFrame:
    """Return the `copies` (as ARTICLES) that should replace the row of the same text in `current`.

    `current` has the columns to compare and `is_stale`, which marks rows whose file has changed: any copy is better
    than such a row. Texts missing from `current` are ignored. The order of the files does not matter.
    """
    columns = [name for name in _SCHEMA if name in current.columns]
    mine = current.select(*columns, "is_stale", is_copy=pl.lit(False))
    others = copies.select(*columns, is_stale=pl.lit(False), is_copy=pl.lit(True))
    best = (
        mine.vstack(others.join(mine, on="article_id", how="semi"))
        .sort("is_stale", *by_worth(), "is_copy")
        .unique("article_id", keep="first", maintain_order=True)
        .filter("is_copy")
    )
    keys = ["article_id", "path", "record_no"]
    return copies.join(best, on=keys, how="semi").unique(keys).sort("article_id")


def pick_edited(copies: pl.DataFrame, current: pl.DataFrame) -> pl.DataFrame:
    """Return the `copies` whose fields differ from the fields in `current` for the same text in the same file.

    A copy that differs only in its position in the file is left out.
    """
    fields = [name for name in _HEADER if name in current.columns]
    same = copies.join(current, on=["article_id", "path", *fields], how="semi", nulls_equal=True)
    return copies.join(current, on=["article_id", "path"], how="semi").join(
        same, on=["article_id", "path", "record_no"], how="anti"
    )


def reuse_text_columns(copies: pl.DataFrame, current: pl.DataFrame) -> pl.DataFrame:
    """Replace the columns of `copies` that are derived from the text alone by the values in `current`."""
    known = current.select("article_id", *OF_THE_TEXT)
    return copies.drop(OF_THE_TEXT).join(known, on="article_id").select(_SCHEMA.names())


def _ranked(records: pl.DataFrame) -> pl.DataFrame:
    """Add ids, timestamps and versions to the records; put the best record of each text first."""
    ids = [content_key("article", body) for body in records["body"]]
    dated = records.with_columns(pl.Series("article_id", ids, pl.String)).pipe(add_timestamps)
    return dated.with_columns(**read_version()).sort(by_worth())


def _folder_by_folder() -> pl.Expr:
    """Return a sort key for paths that gives the order in which files are found."""
    return pl.col("path").str.replace_all("/", "\0", literal=True)
