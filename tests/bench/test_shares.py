"""Intervals contain the true share, although the extractor's error rates are estimated from a sample."""

from collections import Counter
from types import SimpleNamespace

import duckdb
import numpy as np
import pytest

from bench.shares import interval, measure, simulate, write_view


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


def statement(start, resolution):
    return {
        "content": [[start, start + 9]],
        "resolution": resolution,
        "speaker_kind": "person",
        "optional": None,
    }


def test_the_view_counts_each_class_for_each_kind_of_text():
    scorer = SimpleNamespace(
        tokens=lambda text, spans: {i for start, end in spans for i in range(start, end)},
        dice=lambda a, b: 2 * len(a & b) / (len(a) + len(b)),
        pair=lambda left, right, score, least: (
            {},
            {j: i for i in left for j in right if score(i, j) >= least},
        ),
        score_article=lambda gold, found: Counter(),
    )
    marked = [statement(0, "unnamed"), statement(20, "named")]
    gold = [{"article": name, "text": "", "statements": marked} for name in ("bbc2022-1", "allsides-1")]
    found = [{"statements": marked}, {"statements": marked[1:]}]
    view = write_view(gold, found, scorer, np.random.default_rng(1))
    rows = duckdb.sql(f"SELECT * FROM ({view}) WHERE measure = 'unnamed'")
    counts = rows.select(
        "text_kind, annotated, found, right_found, precision, recall, spread IS NULL"
    ).fetchall()
    assert counts == [
        ("all", 2, 1, 1, 1.0, 0.5, False),
        ("broadcaster, 2022", 1, 1, 1, 1.0, 1.0, True),
        ("US press", 1, 0, 0, None, 0.0, True),
    ]
