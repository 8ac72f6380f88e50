"""Fit the confidence: found statements are matched to annotated statements, and the fit separates right from wrong."""

from __future__ import annotations

import numpy as np
import polars as pl

from training.speaker_confidence import match, save
from transforms.resolve.model import Attribution
from transforms.statements.certainty import SPEAKER, WORDS


def annotated(*contents: tuple[int, int], optional: bool = False) -> dict:
    return {"statements": [{"content": [list(content)], "optional": optional} for content in contents]}


def found(*contents: tuple[int, int]) -> list[Attribution]:
    return [Attribution((content,), None, None) for content in contents]


def test_each_annotated_statement_is_matched_once_by_the_closest():
    article = annotated((0, 100), (200, 300))
    same = match(article, found((0, 60), (0, 98), (150, 210)))
    assert same == {1: article["statements"][0]}


def test_a_required_statement_is_matched_before_an_optional_one():
    article = annotated((0, 100), optional=True)
    article["statements"] += annotated((0, 100))["statements"]
    assert match(article, found((0, 100)))[0]["optional"] is False


def test_the_fit_prefers_what_was_right(tmp_path):
    rng = np.random.default_rng(5)
    size = 400
    good = rng.random(size) < 0.7
    rows = pl.DataFrame(
        {
            "confidence": np.where(good, 0.95, 0.3),
            "content_spans": [[{"start": 0, "end": 60}]] * size,
            "kind": ["indirect"] * size,
            "cue_class": ["neutral"] * size,
            "likelihood": np.where(rng.random(size) < 0.8, 0.9, 0.4),
            "source_form": ["name"] * size,
            "speaker_resolution": ["named"] * size,
            "source_type": ["person"] * size,
            "source_start": [0] * size,
            "cue_start": [0] * size,
            "parent_no": [None] * size,
            "fold": np.arange(size) % 5,
            "is_optional": [False] * size,
            "words": good,
        }
    ).with_columns(speaker=pl.col("words") & (pl.col("likelihood") > 0.5))
    save(rows, tmp_path / "confidence.npz")
    with np.load(tmp_path / "confidence.npz") as stored:
        weights = dict(stored)
    assert weights["words_features"].tolist() == list(WORDS)
    assert weights["words"][list(WORDS).index("score")] > 0
    assert weights["speaker"][list(SPEAKER).index("likelihood")] > 0
