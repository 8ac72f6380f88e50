"""Compute the confidence of a statement: `speaker_confidence` for its speaker, and `confidence` for the whole row.

Takes rows of FOUND_STATEMENTS with the meanings of their cues, later joined with their resolved speakers. Each
probability is a logistic function. `training/speaker_confidence.py` fits its weights (`models/confidence.npz`) on
articles that the tagger and, for the speaker, the ranker were not trained on; `training/speaker_map.py` fits a
correction of the speaker's probability. Rows that are probably not statements are left out
(docs/decisions/0033-what-is-no-statement.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

import models
from schema.column_values import CUE_CLASSES, SOURCE_TYPES, SPEAKER_RESOLUTIONS, STATEMENT_KINDS
from transforms.frames import compute

LEAST_LIKELY = 0.3  # rows with a lower probability of being statements are left out
SOURCE_FORMS = ("name", "pronoun", "person", "body", "document", "thing", "none")  # see `Speaker.form`
USUAL_LENGTH = 80  # length of a usual content in code points
UNCHANGED = (1.0, 1.0, 0.0)  # the numbers of a map that changes no probability, see `correct`
_LEAST, _MOST = 0.02, 0.98  # probabilities are clipped to this range

_PLACE = ["article_id", "seq_no"]
_ATTRIBUTED = {
    "one": pl.lit(1.0),
    "source": pl.col("source_start").is_not_null(),
    "cue": pl.col("cue_start").is_not_null(),
    "nested": pl.col("parent_no").is_not_null(),
}


def _logit(name: str) -> pl.Expr:
    p = pl.col(name).cast(pl.Float64).clip(_LEAST, _MOST)
    return (p / (1 - p)).log()


def _length() -> pl.Expr:
    ends = pl.col("content_spans").list.eval(
        pl.element().struct.field("end") - pl.element().struct.field("start")
    )
    return (ends.list.sum().clip(1) / USUAL_LENGTH).log()


def _which(name: str, values: tuple[str, ...]) -> dict[str, pl.Expr]:
    return {f"{name} {value}": pl.col(name) == value for value in values}


def _as_numbers(features: dict[str, pl.Expr]) -> dict[str, pl.Expr]:
    return {name: value.cast(pl.Float64).alias(name) for name, value in features.items()}


# Features for the probability that the words are right; they need the extractor's `confidence` and `cue_class`.
WORDS = _as_numbers(
    _ATTRIBUTED
    | {"score": _logit("confidence"), "length": _length()}
    | _which("kind", STATEMENT_KINDS)
    | _which("cue_class", CUE_CLASSES)
)
# Features for the probability that the speaker is right, if the words are right.
SPEAKER = _as_numbers(
    _ATTRIBUTED
    | {"score": _logit("confidence"), "likelihood": _logit("likelihood")}
    | _which("source_form", SOURCE_FORMS)
    | _which("speaker_resolution", SPEAKER_RESOLUTIONS)
    | _which("source_type", SOURCE_TYPES)
)


def describe(rows: pl.DataFrame, features: dict[str, pl.Expr]) -> np.ndarray:
    """Return the features of the rows as an array [rows, features]."""
    return rows.select(features.values()).to_numpy()


def keep_likely(found: pl.DataFrame, cues: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Leave out rows that are probably not statements, and renumber the others; `cues` has the same rows as `found`.

    A statement that is nested in a row left out has no parent.
    """
    rows = found.hstack(cues.drop(_PLACE))
    rows = rows.filter(is_likely(rows, load_weights()["statement"]))
    if len(rows) == len(found):
        return found, cues
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("article_id")
    numbers = rows.lazy().select("article_id", "seq_no", number=number)
    parents = numbers.rename({"seq_no": "parent_no", "number": "parent"})
    renumbered = compute(
        rows.lazy()
        .join(numbers, on=_PLACE, maintain_order="left")
        .join(parents, on=["article_id", "parent_no"], how="left", maintain_order="left")
        .with_columns(seq_no="number", parent_no="parent")
    )
    return renumbered.select(found.columns), renumbered.select(cues.columns)


def is_likely(rows: pl.DataFrame, weights: np.ndarray) -> pl.Series:
    """Return whether each row is probably a statement, by the weights of the model `statement`.

    Unquoted words with an unlisted cue are unlikely, because most of them report an action. Full quotations and nested
    statements always count as likely, because the tagger has its own thresholds for them.
    """
    is_deed = (rows["kind"] == "indirect") & (rows["cue_class"] == "other")
    is_exempt = (rows["kind"] == "direct") | rows["parent_no"].is_not_null()
    return ~is_deed & (is_exempt | (_rate(rows, WORDS, weights) >= LEAST_LIKELY))


def weigh(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `speaker_confidence`, and multiply it into `confidence`."""
    weights, features = load_weights(), WORDS | SPEAKER
    values = dict(zip(features, describe(rows, features).T, strict=True))
    of_words, of_speaker = (np.array([values[name] for name in own]).T for own in (WORDS, SPEAKER))
    words = _to_probability(of_words @ weights["words"])
    speaker = pl.Series(correct(of_speaker @ weights["speaker"], weights["speaker_map"]))
    return rows.with_columns(speaker_confidence=speaker, confidence=words * speaker)


def correct(logits: np.ndarray, numbers: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return corrected probabilities. Takes the logits of the probabilities p, and the three numbers of a map.

    The logit of the result is the sum of three terms: the first number times log(p), the second times -log(1 - p), and
    the third.
    """
    low, high, shift = numbers
    terms = shift - low * np.logaddexp(0, -logits) + high * np.logaddexp(0, logits)
    probabilities: np.ndarray = 1 / (1 + np.exp(-terms))
    return probabilities


def _rate(rows: pl.DataFrame, features: dict[str, pl.Expr], weights: np.ndarray) -> pl.Series:
    return _to_probability(describe(rows, features) @ weights)


def _to_probability(logits: np.ndarray) -> pl.Series:
    return pl.Series(1 / (1 + np.exp(-logits)), dtype=pl.Float64)


@cache
def load_weights() -> dict[str, np.ndarray]:
    """Return the weights of the models `statement`, `words` and `speaker`, loaded once per process."""
    with np.load(Path(models.__file__).with_name("confidence.npz"), allow_pickle=False) as stored:
        weights = {name: stored[name] for name in stored.files}
    for name, features in (("words_features", WORDS), ("speaker_features", SPEAKER)):
        if name not in weights or weights[name].tolist() != list(features):
            raise ValueError(
                "models/confidence.npz was trained for other features: run `make train-references`"
            )
    return weights
