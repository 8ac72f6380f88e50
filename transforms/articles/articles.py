"""Records -> the `articles` table: one row per distinct body.

`link_records` gives the article of each record, so that the flow can balance its files.
"""

from __future__ import annotations

import polars as pl

from schema.derive import polars_schema
from schema.tables import ARTICLES
from transforms.articles.timestamps import add_timestamps
from transforms.articles.wire_versions import read_version
from transforms.keys import content_key

_SCHEMA = polars_schema(ARTICLES)
# What does not follow from what a file says about the article: another copy of the text changes nothing in it.
OF_THE_TEXT = ("language", "language_from", "extractor_version", "run_id")
# Where it is in its file, and what is found out later.
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
_WORD = r"[\p{L}\p{N}]\S*"  # "5G", "don’t", "well-known" are one word each; a dash alone is not a word


def build_articles(records: pl.DataFrame, *, run_id: str, known: pl.Series | None = None) -> pl.DataFrame:
    """Frame in the RECORDS schema -> frame in the schema of ARTICLES, sorted by article_id, without `known` ids.

    Of several records with the same body, it takes the one with the most information (`by_worth`), in whatever order
    they come. Later steps complete the rows: `stories.py` finds other versions of the story, `languages.py` the
    language of the text, `withdrawals.py` whether the article takes a story back.
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
    """Frame in the RECORDS schema -> path, record_no, article_id, is_first: one row per record, sorted.

    `is_first` marks the record from which `build_articles` makes the article; the others are duplicates of
    it.
    """
    return (
        _ranked(records)
        .select("path", "record_no", "article_id", is_first=pl.col("article_id").is_first_distinct())
        .sort(_folder_by_folder(), "record_no")
    )


def by_worth() -> list[pl.Expr]:
    """Sort keys for copies of one text, the best first.

    A day is worth most; then the latest version, which may be corrected or canceled; then the number of other fields.
    Ties go to the first published, then to the first by path.
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
    """Rows of `copies` (as ARTICLES) that are better than the row of the same text in `current`.

    `current` has the columns to compare and `is_stale`: a stale row, whose file has changed, yields to any copy.
    Ignores texts that are not in `current`. The result does not depend on the order of the files.
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
    """Rows of `copies` whose fields differ from those in `current` for the same text in the same file.

    An article that only moved within its file does not count.
    """
    fields = [name for name in _HEADER if name in current.columns]
    same = copies.join(current, on=["article_id", "path", *fields], how="semi", nulls_equal=True)
    return copies.join(current, on=["article_id", "path"], how="semi").join(
        same, on=["article_id", "path", "record_no"], how="anti"
    )


def retell(copies: pl.DataFrame, current: pl.DataFrame) -> pl.DataFrame:
    """`copies` with the columns derived from the text replaced by those in `current`."""
    known = current.select("article_id", *OF_THE_TEXT)
    return copies.drop(OF_THE_TEXT).join(known, on="article_id").select(_SCHEMA.names())


def _ranked(records: pl.DataFrame) -> pl.DataFrame:
    """The records with ids, timestamps and versions, the best of each text first."""
    ids = [content_key("article", body) for body in records["body"]]
    dated = records.with_columns(pl.Series("article_id", ids, pl.String)).pipe(add_timestamps)
    return dated.with_columns(**read_version()).sort(by_worth())


def _folder_by_folder() -> pl.Expr:
    """Sorts paths in the order in which files are found."""
    return pl.col("path").str.replace_all("/", "\0", literal=True)
