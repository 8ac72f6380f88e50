"""Records -> the `articles` table: one row per distinct body.

Which record became which article is told by `link_records`, so that the flow can balance its files.
"""

from __future__ import annotations

import polars as pl

from transforms.keys import content_key
from transforms.moments import add_moments
from transforms.versions import read_version
from warehouse.derive import polars_schema
from warehouse.tables import ARTICLES

_SCHEMA = polars_schema(ARTICLES)
_WORD = r"[\p{L}\p{N}]\S*"  # "5G", "don’t", "well-known" are one word each; a dash alone is none


def build_articles(records: pl.DataFrame, *, run_id: str, known: pl.Series | None = None) -> pl.DataFrame:
    """Frame in the RECORDS schema -> frame in the schema of ARTICLES, sorted by article_id, but for `known` ids.

    Of several records with the same body the first by path and number is taken, in whatever order they come.
    Each article is its own story until `transforms/stories.py` has found its other versions, its language is what the
    file says until `transforms/languages.py` has looked at the text, and whether it takes a story back is told by
    `transforms/withdrawals.py`.
    """
    first = _with_ids(records).unique("article_id", keep="first", maintain_order=True)
    if known is not None:
        first = first.filter(~pl.col("article_id").is_in(known.implode()))
    return (
        first.pipe(add_moments)
        .with_columns(
            language_from=pl.lit(None, pl.String),
            story_id="article_id",
            is_latest=pl.lit(True),
            is_killed=pl.lit(False),
            copy_of=pl.lit(None, pl.String),
            withdrawal=pl.lit(None, pl.String),
            **read_version(),
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
    return _with_ids(records).select(
        "path", "record_no", "article_id", is_first=pl.col("article_id").is_first_distinct()
    )


def _with_ids(records: pl.DataFrame) -> pl.DataFrame:
    ids = [content_key("article", body) for body in records["body"]]
    folder_by_folder = pl.col("path").str.replace_all(
        "/", "\0", literal=True
    )  # the order in which files are found
    return records.with_columns(pl.Series("article_id", ids, pl.String)).sort(folder_by_folder, "record_no")
