"""The likeliest valid sequence of tags."""

import numpy as np

from transforms.extract.viterbi import BEGIN, INSIDE, OUTSIDE, best_labels

FREE = np.zeros(1)


def _window(*probabilities: tuple[float, float, float]) -> np.ndarray:
    return np.log(np.array(probabilities))[:, None, :]


def _labels(window: np.ndarray, cost: np.ndarray = FREE) -> list[int]:
    return best_labels([window], cost)[0][:, 0].tolist()


def test_no_tag_continues_a_span_that_did_not_begin():
    assert _labels(_window((0.6, 0.3, 0.1), (0.2, 0.1, 0.7))) == [BEGIN, INSIDE]


def test_first_word_never_continues():
    assert _labels(_window((0.1, 0.2, 0.7))) == [BEGIN]


def test_cost_of_opening_bridges_a_doubtful_word():
    doubtful = _window((0.01, 0.98, 0.01), (0.5, 0.1, 0.4), (0.1, 0.5, 0.4))
    assert _labels(doubtful) == [BEGIN, OUTSIDE, BEGIN]
    assert _labels(doubtful, np.array([1.5])) == [BEGIN, INSIDE, INSIDE]


def test_windows_of_different_length_do_not_disturb_each_other():
    rng = np.random.default_rng(7)
    windows = [np.log(rng.dirichlet(np.ones(3), (n, 2))) for n in (1, 5, 3, 9)]
    alone = [best_labels([window], np.zeros(2))[0] for window in windows]
    together = best_labels(windows, np.zeros(2))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))
