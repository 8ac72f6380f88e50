"""Convert the scores of a statement's parts to the probability that its content and its source are right."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from operator import mul

from transforms.extract.statement import TokenStatement


def features(statement: TokenStatement) -> list[float]:
    """Return the features of a statement: a constant, its `scores` (at least -4), whether it has a source and a cue."""
    scores = (min(max(score, -4.0), 0.0) for score in statement.scores)
    return [1.0, *scores, float(statement.source is not None), float(statement.cue is not None)]


def confidence(statement: TokenStatement, calibration: Sequence[float]) -> float:
    """Return the probability that the content and the source of a statement are right.

    `calibration` has the weights of a logistic function, fitted on articles that the tagger was not trained on.
    """
    return 1 / (1 + exp(-sum(map(mul, features(statement), calibration))))
