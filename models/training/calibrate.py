"""Fits the confidence: `python -m models.training.calibrate HELD_OUT [--out FOLDER]`.

HELD_OUT is annotated like the training corpus (`corpus.py`) and was not trained on. A statement counts as right when
its content shares half of its words with a content of the annotation and its source a word with that one's source.
Writes the weights of the logistic function into `tagger.npz` and prints the share that is right by confidence.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import models
from models.training.corpus import Example, read_corpus, token_spans
from transforms.extract import OPENING_COST
from transforms.extract.confidence import features
from transforms.extract.decode import read_statements
from transforms.extract.statement import Span, TokenStatement
from transforms.extract.tagger import Tagger
from transforms.extract.viterbi import best_labels

STEPS, RIDGE = 50, 1.0
MATCH = 0.5


def judge(examples: list[Example], tagger: Tagger) -> tuple[np.ndarray, np.ndarray]:
    """[statements, features] and whether each statement is right."""
    rows, right = [], []
    for example, windows in zip(examples, tagger.tag([e.text for e in examples]), strict=True):
        gold = [_words_of(example, statement) for statement in example.statements]
        labels = best_labels([window.tags for window in windows], OPENING_COST)
        for window, tags in zip(windows, labels, strict=True):
            for statement in read_statements(window, tags, tagger):
                rows.append(features(statement))
                right.append(any(_agrees(statement, *pair) for pair in gold))
    return np.array(rows), np.array(right)


def _words_of(example: Example, statement: dict) -> tuple[set[int], set[int]]:
    content, source = (token_spans(example.tokens, statement[part]) for part in ("content", "source"))
    return _tokens(content), _tokens(source)


def _tokens(spans: list[Span]) -> set[int]:
    return {i for span in spans for i in range(*span)}


def _agrees(statement: TokenStatement, content: set[int], source: set[int]) -> bool:
    found, found_source = _tokens(statement.contents), _tokens([statement.source] if statement.source else [])
    alike = len(found & content) >= MATCH * len(found | content)
    return alike and bool(found_source & source if source else not found_source)


def fit(rows: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression, by Newton's method with a small ridge."""
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-rows @ weights))
        curvature = (rows * (p * (1 - p))[:, None]).T @ rows + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curvature, rows.T @ (right - p) - RIDGE * weights)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("held_out", type=Path)
    parser.add_argument("--out", type=Path, default=Path(models.__file__).parent)
    options = parser.parse_args()
    rows, right = judge(read_corpus(options.held_out, {}), Tagger(options.out))
    weights = fit(rows, right)
    confidence = 1 / (1 + np.exp(-rows @ weights))
    for low in np.arange(0, 1, 0.1):
        inside = (confidence >= low) & (confidence < low + 0.1)
        if inside.any():
            print(
                f"{low:.1f} to {low + 0.1:.1f}: {inside.sum():5d} statements, {right[inside].mean():.0%} right"
            )
    with np.load(options.out / "tagger.npz") as stored:
        tables = {**stored, "calibration": weights}
    np.savez_compressed(options.out / "tagger.npz", allow_pickle=False, **tables)


if __name__ == "__main__":
    main()
