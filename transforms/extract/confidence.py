"""Scores of a statement's parts -> the probability that content and speaker are right."""

from __future__ import annotations

import numpy as np

from transforms.extract.statement import TokenStatement


def features(statement: TokenStatement) -> np.ndarray:
    """Inputs of the calibration: a constant, the log-probabilities (cut at -4), whether source and cue were found."""
    scores = np.clip(statement.scores, -4, 0)
    return np.array([1.0, *scores, float(statement.source is not None), float(statement.cue is not None)])


def confidence(statement: TokenStatement, calibration: np.ndarray) -> float:
    """A logistic function of the features; `calibration` was fitted on articles held out from training."""
    return float(1 / (1 + np.exp(-features(statement) @ calibration)))
