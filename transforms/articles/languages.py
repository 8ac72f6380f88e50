"""Articles -> the language of each, from its text, and which of them are in a language that is analysed.

The text decides when the detector is sure. It is not for stock tables, lists of results or a few words; then the file's
own language counts, and without one, the first of the configured languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SAMPLE = 800  # characters that are looked at; more do not make it surer
SURE = 0.9  # probability; of 1,866 English newswire stories from 1987 the detector takes none for another so surely
FEWEST_LETTERS = 40


def add_languages(articles: pl.DataFrame, languages: Sequence[str]) -> pl.DataFrame:
    """Frame with `body`, `header_spans` and the file's `language` -> both language columns of ARTICLES.

    `header_spans` keeps the place that names a language only when the file decides. `languages` are the configured
    ones, codes of two letters. Rows with a `language_from` stay as they are.
    """
    is_known = articles["language_from"].is_not_null()
    if is_known.all():
        return articles
    texts = zip(articles["body"], is_known, strict=True)
    found = pl.Series([None if known else detect_language(body) for body, known in texts], dtype=pl.String)
    said = pl.col("language").str.to_lowercase().str.extract("^([a-z]{2})(?:[-_].*)?$")
    placed = pl.element().struct.field("field") == "language"
    named = articles.with_columns(
        language=pl.when(is_known).then("language").otherwise(pl.coalesce(found, said, pl.lit(languages[0]))),
        language_from=pl.when(is_known)
        .then("language_from")
        .when(found.is_not_null())
        .then(pl.lit("text"))
        .when(said.is_not_null())
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
    """The ISO 639-1 code of the language of `text`; None unless it is sure."""
    sample = text[:SAMPLE]
    if sum(map(str.isalpha, sample)) < FEWEST_LETTERS:
        return None
    code, probability = load_detector().classify(sample)
    return code if probability >= SURE and len(code) == 2 else None


@cache
def load_detector() -> LanguageIdentifier:
    """The detector, limited to languages with a two-letter code and its class for text that is not language."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in identifier.labels if len(code) == 2 or code == "zxx"])
    # It keeps the weights of all languages to go back to them, 28 MB in each process.
    identifier._full_model = identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes
    return identifier


def split_by_language(articles: pl.DataFrame, languages: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The articles in one of `languages`, and the others."""
    is_spoken = pl.col("language").is_in(languages)
    return articles.filter(is_spoken), articles.filter(~is_spoken)
