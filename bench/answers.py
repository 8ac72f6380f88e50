"""Measure utterances and replies against annotated pairs: `python -m bench.answers WAREHOUSE [--utterances PAIRS]`.

PAIRS is a CSV of pairs of statements in the warehouse. For utterances its columns are `statement_id,other_id,label`,
and the label is `true` when both statements print the same utterance. For replies they are
`statement_id,answers_id,label`, and the label is `true` when the first statement answers the second. Ids depend on the
text alone, so the pairs stay valid when the same articles are ingested again. `--fit` prints the weights for
`transforms/statements/utterances.py` that fit the pairs best, and their cross-validated scores; it skips
pairs in which one statement is nested in the other, because the product never joins such pairs.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from transforms.statements.likeness import Texts
from transforms.statements.utterances import (
    LEAST,
    Features,
    MoreFeatures,
    Pair,
    Place,
    compare_places,
    measure,
    measure_more,
)
from warehouse.files.connect import query

Array = np.ndarray[Any, np.dtype[np.float64]]
STATEMENTS = (
    "SELECT statement_id, article_id, actor_id, coalesce(found_content, content), "
    "coalesce(utterance_id, statement_id), parent_statement_id, published_on, coalesce(found_kind, kind), "
    "content_spans[1].start, content_spans[-1].end "
    "FROM statements"
)
PENALTY, FOLDS = 0.0004, 10


def read_pairs(path: Path) -> list[tuple[str, str, bool]]:
    """Read the annotated pairs of statements in a CSV file, each with its label."""
    rows = pl.read_csv(path, infer_schema=False).rows()
    return [(one, other, label == "true") for one, other, label in rows]


def print_figures(name: str, right: int, found: int, wanted: int) -> None:
    """Print precision, recall and F1 in percent."""
    precision, recall, f1 = (100 * right / max(1, n) for n in (found, wanted, (found + wanted) / 2))
    figures = f"precision {precision:.1f}, recall {recall:.1f}, F1 {f1:.1f}"
    print(f"{name}: {figures} ({right} right of {found}, {wanted} in all)")


def score_utterances(warehouse: Path, pairs: list[tuple[str, str, bool]], *, fit: bool) -> None:
    rows = {row[0]: row for row in query(warehouse, STATEMENTS).iter_rows()}
    known = [pair for pair in pairs if pair[0] in rows and pair[1] in rows]
    print(f"{len(known)} of {len(pairs)} pairs are in the warehouse")
    for name, is_counted in (
        ("all", lambda one, other: True),
        ("in two articles", lambda one, other: rows[one][1] != rows[other][1]),
        ("in one article", lambda one, other: rows[one][1] == rows[other][1]),
    ):
        counted = [pair for pair in known if is_counted(*pair[:2])]
        joined = [rows[one][4] == rows[other][4] for one, other, _ in counted]
        right = sum(is_one and label for is_one, (*_, label) in zip(joined, counted, strict=True))
        print_figures(f"utterances, {name}", right, sum(joined), sum(label for *_, label in counted))
    if fit:
        compared = [pair for pair in known if pair[0] != rows[pair[1]][5] and pair[1] != rows[pair[0]][5]]
        for in_article in (False, True):
            chosen = [pair for pair in compared if (rows[pair[0]][1] == rows[pair[1]][1]) == in_article]
            if chosen:
                features = [_features(rows[a], rows[b]) for a, b, _ in chosen]
                print_fit(in_article, np.array(features), np.array([label for *_, label in chosen]))


def _features(one: tuple[Any, ...], other: tuple[Any, ...]) -> list[float]:
    """Return the features of two statements; those in one article have more."""
    are_actors = bool(one[2] and other[2])
    pair = Pair(
        same_actor=are_actors and one[2] == other[2],
        same_article=one[1] == other[1],
        days=abs((one[6] - other[6]).days) if one[6] and other[6] else 0,
    )
    if pair.same_article:
        place, other_place = (Place(*row[8:10], row[7] == "direct") for row in (one, other))
        pair = compare_places(pair, place, other_place)
    texts = Texts({"one": one[3], "other": other[3]})
    features = measure(texts, ("one", "other"), pair)
    if not pair.same_article:
        return [*features]
    meanings = texts.compare_meanings(("one", "other"))
    return [*features, *measure_more(texts["one"], texts["other"], pair, meanings)]


def print_fit(in_article: bool, features: Array, labels: Any) -> None:
    """Print the cross-validated scores and the weights fitted on all pairs."""
    names = (*Features._fields, *MoreFeatures._fields) if in_article else Features._fields
    fold = np.random.default_rng(1).integers(0, FOLDS, len(labels))
    scores = np.zeros(len(labels))
    for number in range(FOLDS):
        inside = fold == number
        scores[inside] = _score(features[inside], _fit(features[~inside], labels[~inside]))
    found = scores >= LEAST
    print_figures(
        f"cross-validated, in {'one article' if in_article else 'two articles'}",
        int((found & labels).sum()),
        int(found.sum()),
        int(labels.sum()),
    )
    *weights, bias = _fit(features, labels)
    print(
        {name: round(float(w), 2) for name, w in zip(names, weights, strict=True)},
        round(float(bias), 2),
    )


def _fit(features: Array, labels: Array) -> Array:
    """Fit a logistic regression by Newton's method; the last weight is the bias."""
    x = np.c_[features, np.ones(len(features))]
    weights, penalty = np.zeros(x.shape[1]), np.eye(x.shape[1]) * PENALTY * len(x)
    penalty[-1, -1] = 0
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (p - labels) + penalty @ weights
        weights -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + penalty, slope)
    return weights


def _score(features: Array, weights: Array) -> Array:
    scores: Array = 1 / (1 + np.exp(-np.c_[features, np.ones(len(features))] @ weights))
    return scores


def score_replies(warehouse: Path, pairs: list[tuple[str, str, bool]]) -> None:
    replies = set(query(warehouse, "SELECT statement_id, answers_id FROM replies").iter_rows())
    found = [label for one, other, label in pairs if (one, other) in replies]
    print_figures("replies", sum(found), len(found), sum(label for *_, label in pairs))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--utterances", type=Path, action="append", default=[])
    parser.add_argument("--replies", type=Path, action="append", default=[])
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    if options.utterances:
        pairs = [pair for path in options.utterances for pair in read_pairs(path)]
        score_utterances(options.warehouse, pairs, fit=options.fit)
    if options.replies:
        score_replies(options.warehouse, [pair for path in options.replies for pair in read_pairs(path)])


if __name__ == "__main__":
    main()
