"""Fit the choice of a source: the weights learn from questions what the links alone get wrong."""

import numpy as np

from training.source_weights import START, Question, count_right, fit
from transforms.extract.source_choice import FEATURES


def question(rng: np.random.Generator, fold: int) -> Question:
    """A question where the nearer source is right, whatever the links say."""
    rows = np.zeros((3, len(FEATURES)))
    rows[:, FEATURES.index("link")] = rng.normal(-1, 0.5, 3)
    rows[:, FEATURES.index("distance")] = rng.permutation([0.0, 1.0, 3.0])
    return Question(rows, rows[:, FEATURES.index("distance")] == 0, fold)


def test_the_fit_learns_that_the_near_source_is_right():
    rng = np.random.default_rng(3)
    questions = [question(rng, n % 2) for n in range(200)]
    weights = fit([q for q in questions if q.fold == 0])
    others = [q for q in questions if q.fold == 1]
    assert count_right(others, weights) > 95 > count_right(others, START)
    assert weights[FEATURES.index("distance")] < 0
