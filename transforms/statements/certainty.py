"""Compute the confidence of a statement: `speaker_confidence` for its speaker, and `confidence` for the whole row.

The input is rows of FOUND_STATEMENTS joined with their resolved speakers. The speaker's confidence is a logistic
function. `training/speaker_confidence.py` fits its weights, `models/confidence.npz`, on articles held out from all
training. The row's confidence is the speaker's times the extractor's confidence in the words.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

import models
from schema.column_values import SOURCE_TYPES, SPEAKER_RESOLUTIONS

_LEAST, _MOST = 0.02, 0.98  # probabilities are clipped to this range
FEATURES = (
    "one", "words", "likelihood", "source", "cue",
    *SPEAKER_RESOLUTIONS, *SOURCE_TYPES,
)  # fmt: skip


def describe_certainty(rows: pl.DataFrame) -> np.ndarray:
    """Return the inputs of the confidence, [rows, FEATURES].

    Needs the extractor's `confidence`, `source_start`, `cue_start`, and the speaker's `likelihood`,
    `speaker_resolution` and `source_type`.
    """
    columns = [
        pl.lit(1.0),
        _logit("confidence"),
        _logit("likelihood"),
        pl.col("source_start").is_not_null(),
        pl.col("cue_start").is_not_null(),
        *(pl.col("speaker_resolution") == value for value in SPEAKER_RESOLUTIONS),
        *(pl.col("source_type") == value for value in SOURCE_TYPES),
    ]
    named = [column.cast(pl.Float64).alias(name) for name, column in zip(_names(), columns, strict=True)]
    return rows.select(named).to_numpy()


def _names() -> list[str]:
    return [f"{number} {name}" for number, name in enumerate(FEATURES)]


def _logit(name: str) -> pl.Expr:
    p = pl.col(name).cast(pl.Float64).clip(_LEAST, _MOST)
    return (p / (1 - p)).log()


def weigh(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `speaker_confidence`, and multiply it into `confidence`."""
    numbers = describe_certainty(rows)
    speaker = pl.Series("speaker_confidence", 1 / (1 + np.exp(-numbers @ load_weights())), pl.Float32)
    return rows.with_columns(speaker, confidence=pl.col("confidence") * speaker)


@cache
def load_weights() -> np.ndarray:
    """Return one weight per feature; loaded once per process."""
    with np.load(Path(models.__file__).with_name("confidence.npz"), allow_pickle=False) as stored:
        if tuple(stored["features"].tolist()) != FEATURES:
            raise ValueError(
                "models/confidence.npz was fitted for other features: run `make train-references`"
            )
        weights: np.ndarray = stored["weights"]
        return weights
