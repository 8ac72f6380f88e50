"""Detect the language of each article, and separate the articles whose language On Record analyses.

If the detector is sure, its result counts. It is unsure about stock tables, lists of results and very short texts. For
such a text, the language stated in the file counts or, without one, the first configured language.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SAMPLE = 800  # characters to read; more do not improve detection
SURE = 0.9  # probability; with a higher one, the detector misread none of 1,866 English newswire stories
FEWEST_LETTERS = 40


def add_languages(articles: pl.DataFrame, languages: Sequence[str]) -> pl.DataFrame:
    """Add the columns `language` and `language_from` of ARTICLES; `language` is at first what the file states.

    The span of the language in `header_spans` stays only if the language comes from the file. `languages` are the
    configured two-letter codes. Rows that already have a `language_from` do not change.
    """
    is_known = articles["language_from"].is_not_null()
    if is_known.all():
        return articles
    texts = zip(articles["body"], is_known, strict=True)
    found = pl.Series([None if known else detect_language(body) for body, known in texts], dtype=pl.String)
    stated = pl.col("language").str.to_lowercase().str.extract("^([a-z]{2})(?:[-_].*)?$")
    placed = pl.element().struct.field("field") == "language"
    named = articles.with_columns(
        language=pl.when(is_known)
        .then("language")
        .otherwise(pl.coalesce(found, stated, pl.lit(languages[0]))),
        language_from=pl.when(is_known)
        .then("language_from")
        .when(found.is_not_null())
        .then(pl.lit("text"))
        .when(stated.is_not_null())
        .then(pl.lit("file"))
        .otherwise(pl.lit("assumed")),
    )
    spans = pl.col("header_spans")
    return named.with_columns(
        header_spans=pl.when(is_known | (pl.col("language_from") == "file"))
        .then(spans)
        .otherwise(spans.list.filter(~placed))
    )


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language of `text`, or None if the detector is not sure."""
    sample = text[:SAMPLE]
    if sum(map(str.isalpha, sample)) < FEWEST_LETTERS:
        return None
    code, probability = load_detector().classify(sample)
    return code if probability >= SURE and len(code) == 2 else None


@cache
def load_detector() -> LanguageIdentifier:
    """Load the language detector, for the languages that have a two-letter code and for text in no language."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in identifier.labels if len(code) == 2 or code == "zxx"])
    # Drop the weights of all other languages, which the detector keeps in case the set changes: 28 MB per process.
    identifier._full_model = identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes
    return identifier


def split_by_language(articles: pl.DataFrame, languages: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the articles that are in one of `languages`, and all other articles."""
    is_spoken = pl.col("language").is_in(languages)
    return articles.filter(is_spoken), articles.filter(~is_spoken)
