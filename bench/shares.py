"""Measure the error of the shares that views show: `python -m bench.shares GOLD SCORER [--draws 1000]`.

A share such as "a fifth of this outlet's statements are by unnamed speakers" has two sources of error: the articles are
a sample, and the extractor misses statements and confuses speakers. The extractor's errors for each class of statements
are counted on annotated articles (CELLS). They give the shares that are shown if the true share is 0 and if it is 1
(`Measured`). `interval` inverts this relation; `warehouse/views/outlet_shares.sql` does the same in SQL.

`--draws` runs simulations: each draws some articles as the annotated ones and others as an outlet, and the interval
should contain the outlet's true share 95 times out of 100. `--write` writes the figures of the view `measured_quality`.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.statements import ingest, load_program, read_gold
from bench.who import match_statements, read_predictions

Array = np.ndarray[Any, np.dtype[np.float64]]
NAMED = ("person", "organization", "country", "group")


class Share(NamedTuple):
    """A class of statements that views count."""

    is_of_class: Callable[[dict], bool]  # takes an annotated or a stored statement
    counted: tuple[str | None, ...] = (None,)  # the values of `optional` of annotated statements that count


SHARES = {
    "unnamed": Share(lambda statement: statement["resolution"] == "unnamed"),
    "named": Share(
        lambda statement: statement["speaker_kind"] in NAMED and statement["resolution"] != "unnamed"
    ),
    "hearsay": Share(
        lambda statement: bool(statement.get("parent_statement_id")) or statement.get("optional") == "nested",
        (None, "nested"),
    ),
}
CELLS = (  # statements of an article, by their true class and by whether the warehouse puts them into the class
    "of_class_shown", "of_class_not", "other_shown", "other_not", "wrong_shown", "wrong_not", "of_class_missed",
    "other_missed",
)  # fmt: skip
RESAMPLES = 200
NORMAL = 1.96


class Measured(NamedTuple):
    """How the extractor's errors change a share, with the variances of these figures between articles.

    `low` is the share shown if no found statement is of the class, `high` is the share shown if all are. `ratio` is the
    logarithm of the recall of the class divided by the recall of all other statements. `spread` says how much more the
    share varies between articles than if statements were drawn independently.
    """

    low: float
    high: float
    ratio: float
    var_low: float
    var_high: float
    var_ratio: float
    covariance: float
    spread: float


def count_cells(gold: dict, found: dict, score: Any, share: str) -> list[float]:
    """Count the CELLS of one article. A match with an optional statement that the share excludes counts as wrong."""
    is_of_class, counted = SHARES[share]
    match = match_statements(gold, found, score)
    counts = dict.fromkeys(CELLS, 0.0)
    for j, row in enumerate(found["statements"]):
        same = gold["statements"][match[j]] if j in match else None
        group = (
            "wrong"
            if not same or same["optional"] not in counted
            else "of_class"
            if is_of_class(same)
            else "other"
        )
        counts[f"{group}_{'shown' if is_of_class(row) else 'not'}"] += 1
    for i, statement in enumerate(gold["statements"]):
        if statement["optional"] in counted and i not in match.values():
            counts[f"{'of_class' if is_of_class(statement) else 'other'}_missed"] += 1
    return list(counts.values())


def measure(cells: Array, chance: np.random.Generator) -> Measured:
    """Compute the figures of `Measured`, with their variances from a bootstrap over articles.

    `cells` has one row of CELLS per annotated article.
    """
    draws = chance.multinomial(len(cells), [1 / len(cells)] * len(cells), RESAMPLES) @ cells
    low, high, ratio = _figures(cells.sum(0))
    lows, highs, ratios = _figures(draws.T)
    return Measured(
        float(low), float(high), float(ratio), float(lows.var()), float(highs.var()), float(ratios.var()),
        float(np.cov(lows, highs)[0, 1]), _spread(*_shown(cells)),
    )  # fmt: skip


def _figures(sums: Array) -> tuple[Array, Array, Array]:
    tt, tf, ft, ff, wt, wf, tm, fm = (
        sums + 0.5
    )  # half a statement is added to each cell, so that none is empty
    rows = tt + tf + ft + ff + wt + wf
    right, wrong = (rows - wt - wf) / rows, wt / rows
    low, high = right * ft / (ft + ff) + wrong, right * tt / (tt + tf) + wrong
    return low, high, np.log((tt + tf) / (tt + tf + tm)) - np.log((ft + ff) / (ft + ff + fm))


def _shown(cells: Array) -> tuple[Array, Array]:
    """Count, for each article, the statements shown in the class, and all statements shown."""
    return cells[:, [0, 2, 4]].sum(1), cells[:, :6].sum(1)


def _spread(shown: Array, rows: Array) -> float:
    p, n = shown.sum() / rows.sum(), rows.sum()
    if p in (0, 1):
        return 1.0
    variance = ((shown - p * rows) ** 2).sum() / n**2
    return max(1.0, float(variance / (p * (1 - p) / n)))


def interval(shown: float, rows: float, rates: Measured) -> tuple[float, float, float]:
    """Estimate the true share from the rows shown in the class, with the bounds of its 95 % interval.

    Only the bounds are smoothed: few rows cannot prove a share of exactly 0 or 1. Bounds are computed on the arcsine
    scale, on which the sampling error hardly depends on the share. On the usual scale, small outlets would get too wide
    intervals.
    """
    width = rates.high - rates.low
    counted = min(max((shown / rows - rates.low) / width, 0.0), 1.0)
    p = (shown + 2) / (rows + 4)
    found = (p - rates.low) / width
    inside = min(max(found, 0.0), 1.0)
    variance = (
        p * (1 - p) / (rows + 4) * rates.spread
        + (1 - found) ** 2 * rates.var_low
        + found**2 * rates.var_high
        + 2 * found * (1 - found) * rates.covariance
        + (width * inside * (1 - inside)) ** 2 * rates.var_ratio
    )
    angle, half = np.arcsin(p**0.5), NORMAL * (variance / (4 * p * (1 - p))) ** 0.5
    low, high = (np.sin(min(max(end, 0.0), np.pi / 2)) ** 2 for end in (angle - half, angle + half))
    ends = ((share - rates.low) / width for share in (low, high))
    return tuple(_by_recall(share, rates.ratio) for share in (counted, *ends))  # type: ignore[return-value]


def _by_recall(found: float, ratio: float) -> float:
    """Convert a share of the found statements to a share of all statements."""
    share = min(max(found, 0.0), 1.0)
    return float(share / (share + (1 - share) * np.exp(ratio)))


def simulate(cells: Array, draws: int, articles: int, chance: np.random.Generator) -> float:
    """Return the percentage of simulations in which the interval contains the true share.

    Each simulation draws an outlet of `articles` articles.
    """
    truth = cells[:, [0, 1, 6]].sum() / cells[:, [0, 1, 2, 3, 6, 7]].sum()
    held = 0
    for _ in range(draws):
        rates = measure(cells[chance.integers(0, len(cells), len(cells) // 2)], chance)
        shown, rows = (x.sum() for x in _shown(cells[chance.integers(0, len(cells), articles)]))
        _, low, high = interval(shown, rows, rates)
        held += low <= truth <= high
    return 100 * held / draws


KINDS = {  # the first word of an annotated article's name -> its kind of text
    "allsides": "US press", "worldwide": "world press", "bbc2022": "broadcaster, 2022", "bbc2005": "broadcaster, 2005",
    "kpcrowd": "mixed, 2010", "insightcrime": "crime reports", "reuters1987": "newswire, 1987",
}  # fmt: skip
VIEW_HEAD = """\
-- One row is one measurement of the extractor's quality on annotated articles of one kind.
-- Generated by `python -m bench.shares ... --write` (`make bench-who`); do not edit by hand.
SELECT
    measure, -- statements (found at all), right actor (with the right speaker); unnamed, named, hearsay (of this class)
    text_kind, -- kind of the annotated texts; all: of every kind
    articles, -- number of annotated articles
    annotated, -- number of statements that people marked
    found, -- number of statements that the extractor found
    right_found, -- number of statements that both people and the extractor found
    round(right_found / nullif(found, 0), 3) AS precision, -- share of the found statements that are right, from 0 to 1
    round(right_found / nullif(annotated, 0), 3) AS recall, -- share of the marked statements found, from 0 to 1
    round(2 * right_found / (found + annotated), 3) AS f1, -- harmonic mean of precision and recall
    low, -- share that the extractor shows if the true share is 0; from here on, only text_kind all has values
    high, -- share that the extractor shows if the true share is 1
    ratio, -- logarithm of the recall of this class divided by the recall of all others
    var_low, -- variance of low
    var_high, -- variance of high
    var_ratio, -- variance of ratio
    covariance, -- covariance of low and high
    spread -- factor by which the share varies more between articles than if statements were independent
FROM (
    VALUES
"""
VIEW_END = """
) AS measured (
    measure, text_kind, articles, annotated, found, right_found, low, high, ratio, var_low, var_high, var_ratio,
    covariance, spread
)
"""


def write_view(gold: list[dict], found: list[dict], score: Any, chance: np.random.Generator) -> str:
    """Write `warehouse/views/measured_quality.sql`."""
    kinds: dict[str, list[int]] = {"all": list(range(len(gold)))}
    for number, article in enumerate(gold):
        first = re.sub(r"^\d+_", "", article["article"]).split("-")[0].split("/")[0]
        kinds.setdefault(KINDS.get(first, first), []).append(number)
    lines: list[list[Any]] = []
    for kind, numbers in kinds.items():
        total: Counter[tuple[str, str]] = Counter()
        for n in numbers:
            total.update(score.score_article(gold[n], found[n]))
        for measure_name, key in (("statements", "found"), ("right actor", "actor")):
            counts = [total[key, part] for part in ("gold", "pred", "right")]
            lines.append([measure_name, kind, len(numbers), *counts, *[None] * len(Measured._fields)])
    for share in SHARES:
        cells = np.array([count_cells(g, f, score, share) for g, f in zip(gold, found, strict=True)])
        rates = [round(value, 7) for value in measure(cells, chance)]
        for kind, numbers in kinds.items():
            sums = dict(zip(CELLS, cells[numbers].sum(0).astype(int).tolist(), strict=True))
            annotated = sums["of_class_shown"] + sums["of_class_not"] + sums["of_class_missed"]
            shown = sums["of_class_shown"] + sums["other_shown"]
            counts = [annotated, shown, sums["of_class_shown"]]
            # The articles of one kind are too few for error rates with their variances.
            figures = rates if kind == "all" else [None] * len(Measured._fields)
            lines.append([share, kind, len(numbers), *counts, *figures])
    rows = ",\n".join(f"        ({', '.join(map(_literal, line))})" for line in lines)
    return VIEW_HEAD + rows + VIEW_END


def _literal(value: Any) -> str:
    return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument(
        "--found",
        type=Path,
        help="predictions written by `bench.who --out`; by default the articles are ingested",
    )
    parser.add_argument("--draws", type=int, default=0)
    parser.add_argument(
        "--write", type=Path, help="write the view to this file, such as warehouse/views/measured_quality.sql"
    )
    options = parser.parse_args()
    gold, score = read_gold(options.gold), load_program(options.scorer)
    if options.found:
        found = read_gold(options.found)
    else:
        with tempfile.TemporaryDirectory() as name:
            found = read_predictions(gold, ingest(gold, Path(name)))
    chance = np.random.default_rng(1)
    if options.write:
        options.write.write_text(write_view(gold, found, score, chance), encoding="utf-8")
    for share in SHARES if options.draws else ():
        cells = np.array([count_cells(g, f, score, share) for g, f in zip(gold, found, strict=True)])
        for articles in (10, 40, 160):
            held = simulate(cells, options.draws, articles, chance)
            print(
                f"{share}, outlet of {articles} articles: the interval holds the share {held:.1f} times of 100"
            )


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
