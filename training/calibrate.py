"""Fit the tagger's score of a statement: `python -m training.calibrate HELD_OUT... [--out FOLDER]`.

Each HELD_OUT file is a corpus in the form that `corpus.py` describes, which the network was not trained on. All files
have the same weight, whatever their size. A statement is right if its content matches an annotated content
(`is_alike`) and its source shares a word with that content's source. A statement that matches only an optional
annotated statement does not count. Writes the weights of the logistic function into `tagger.npz` and prints the share
of right statements by confidence.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

import models
from training.corpus import Example, read_corpus, token_spans
from transforms.extract import OPENING_COST
from transforms.extract.confidence import features
from transforms.extract.repair import repair
from transforms.extract.span_decoder import read_statements
from transforms.extract.statement import Span, TokenStatement
from transforms.extract.tagger import Tagger
from transforms.extract.viterbi import best_labels

STEPS, RIDGE = 50, 1.0
MATCH = 0.5


def judge(examples: list[Example], tagger: Tagger) -> tuple[np.ndarray, np.ndarray]:
    """Return the features of each statement found, [statements, features], and which statements are right."""
    rows, right = [], []
    for example, windows in zip(examples, tagger.tag([e.text for e in examples]), strict=True):
        gold = [
            (*words_of(example, statement), statement.get("optional")) for statement in example.statements
        ]
        labels = best_labels([window.tags for window in windows], OPENING_COST)
        for window, tags in zip(windows, labels, strict=True):
            for statement in read_statements(window, tags, tagger):
                whole = repair(window.tokens, statement)
                alike = [pair for pair in gold if is_alike(whole, pair[0])]
                if alike and all(optional for *_, optional in alike):
                    continue
                rows.append(features(statement))
                right.append(
                    any(has_source(whole.source, source) for _, source, optional in alike if not optional)
                )
    return np.array(rows), np.array(right)


def words_of(example: Example, statement: dict[str, Any]) -> tuple[set[int], set[int]]:
    """Return the tokens of an annotated statement's content and of its source."""
    content, source = (token_spans(example.tokens, statement[part]) for part in ("content", "source"))
    return _tokens(content), _tokens(source)


def _tokens(spans: list[Span]) -> set[int]:
    return {i for span in spans for i in range(*span)}


def is_alike(statement: TokenStatement, content: set[int]) -> bool:
    """Whether a found and an annotated content share at least half of all the words that are in either of them."""
    found = _tokens(statement.contents)
    return len(found & content) >= MATCH * len(found | content)


def has_source(span: Span | None, source: set[int]) -> bool:
    """Whether a found source shares a word with the annotated source, or both are missing."""
    found = _tokens([span] if span else [])
    return bool(found & source) if source else not found


def fit(rows: np.ndarray, right: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Fit a logistic regression by Newton's method with a small ridge; `shares` has the weight of each row."""
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-rows @ weights))
        curvature = (rows * (shares * p * (1 - p))[:, None]).T @ rows + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curvature, rows.T @ (shares * (right - p)) - RIDGE * weights)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("held_out", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path(models.__file__).parent)
    options = parser.parse_args()
    tagger = Tagger(options.out)
    judged = [judge(read_corpus(path, {}), tagger) for path in options.held_out]
    mean = sum(len(right) for _, right in judged) / len(judged)
    shares = np.concatenate([np.full(len(right), mean / len(right)) for _, right in judged])
    all_rows, all_right = (np.concatenate(part) for part in zip(*judged, strict=True))
    weights = fit(all_rows, all_right, shares)
    for path, (rows, right) in zip(options.held_out, judged, strict=True):
        print(path.name)
        print_bins(1 / (1 + np.exp(-rows @ weights)), right)
    with np.load(options.out / "tagger.npz") as stored:
        tables = {**stored, "calibration": weights}
    np.savez_compressed(options.out / "tagger.npz", allow_pickle=False, **tables)


def print_bins(confidence: np.ndarray, right: np.ndarray) -> None:
    """Print the share of right statements in each bin of confidence; a bin is a tenth wide."""
    for low in np.arange(0, 1, 0.1):
        inside = (confidence >= low) & (confidence < low + 0.1)
        if inside.any():
            share = right[inside].mean()
            print(f"{low:.1f} to {low + 0.1:.1f}: {inside.sum():5d} statements, {share:.0%} right")


if __name__ == "__main__":
    main()
