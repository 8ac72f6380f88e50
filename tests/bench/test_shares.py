"""Intervals contain the true share, although the extractor's error rates are estimated from a sample."""

import numpy as np
import pytest

from bench.shares import interval, measure, simulate


def draw_articles(chance, articles, share, seen, taken, missed):
    """Draw CELLS of random articles: statements in a class with `share`, and errors at the given rates."""
    cells = []
    for _ in range(articles):
        own = chance.beta(
            12 * share, 12 * (1 - share)
        )  # articles differ more than statements drawn one by one
        count = chance.integers(3, 25)
        of_class = chance.binomial(count, own)
        row = []
        for of, shown, lost in ((of_class, seen, missed[0]), (count - of_class, taken, missed[1])):
            found = chance.binomial(of, 1 - lost)
            row += [chance.binomial(found, shown), found, of - found]
        wrong = chance.binomial(2, 0.4)
        bad = chance.binomial(wrong, 0.3)
        cells.append([row[0], row[1] - row[0], row[3], row[4] - row[3], bad, wrong - bad, row[2], row[5]])
    return np.array(cells, dtype=float)


@pytest.mark.parametrize(("share", "articles"), [(0.2, 40), (0.7, 15)])
def test_an_interval_holds_the_share_about_95_times_of_100(share, articles):
    chance = np.random.default_rng(3)
    cells = draw_articles(chance, 240, share, 0.8, 0.1, (0.15, 0.05))
    assert 92 <= simulate(cells, 250, articles, chance) <= 98


def test_missed_and_misread_statements_are_corrected_for():
    chance = np.random.default_rng(4)
    measured = measure(draw_articles(chance, 4000, 0.3, 0.7, 0.1, (0.3, 0.05)), chance)
    other = draw_articles(chance, 4000, 0.5, 0.7, 0.1, (0.3, 0.05))
    shown, rows = other[:, [0, 2, 4]].sum(), other[:, :6].sum()
    likely, low, high = interval(shown, rows, measured)
    assert shown / rows < 0.42 and abs(likely - 0.5) < 0.02 and low < 0.5 < high


def test_few_statements_give_a_wide_interval():
    chance = np.random.default_rng(5)
    measured = measure(draw_articles(chance, 500, 0.3, 0.9, 0.05, (0.1, 0.1)), chance)
    _, low, high = interval(0, 5, measured)
    assert low == 0 and high > 0.3
