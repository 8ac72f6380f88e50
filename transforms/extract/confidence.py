"""Convert the scores of a statement's parts to the probability that content and speaker are right."""

from __future__ import annotations

import numpy as np

from transforms.extract.statement import TokenStatement


def features(statement: TokenStatement) -> np.ndarray:
    """Return the inputs: a constant, the log-probabilities (cut at -4), and whether source and cue were found."""
    scores = np.clip(statement.scores, -4, 0)
    return np.array([1.0, *scores, float(statement.source is not None), float(statement.cue is not None)])


def confidence(statement: TokenStatement, calibration: np.ndarray) -> float:
    """Apply the logistic function `calibration`, fitted on articles held out from training."""
    return float(1 / (1 + np.exp(-features(statement) @ calibration)))
