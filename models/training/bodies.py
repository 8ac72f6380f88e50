"""Types of bodies and countries of actors: `python -m models.training.bodies WHO`, which writes models/bodies.npz.

WHO is a file of articles annotated with who said what (`{"text", "actors": [{"name", "kind", "type", "country",
"aliases"}]}`). The articles are read and resolved as in a run; each actor found that the annotation has too is an
example. Seeds tell types as well. Two linear models are fitted with numpy: a softmax over hashed words for the types,
a logistic one over counts for "is this country of the article the actor's".
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from seeds import read_seed
from transforms.articles import build_articles
from transforms.extract import find_names
from transforms.frames import RECORDS
from transforms.languages import add_languages
from transforms.readers import read_records
from transforms.resolve import guesses, lexicon
from transforms.resolve.article import build_cast
from transforms.resolve.cast import Cast, organization_words, person_words
from transforms.resolve.model import Actor
from transforms.resolve.text import Text
from transforms.wraps import unwrap
from warehouse.tables import ORG_TYPES

OUT = Path(__file__).parents[1] / "bodies.npz"
TYPE_DECAY, COUNTRY_DECAY = 0.02, 0.003
STEPS, RATE = 600, 0.3
FOLDS = 5


class Example(NamedTuple):
    """An actor as the article is read, and as people annotated it."""

    article: int
    text: Text
    cast: Cast
    dateline: str | None
    actor: Actor
    org_type: str | None
    country: str | None


def read_examples(path: Path) -> list[Example]:
    gold = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    read = [read_records(g["text"].encode(), f"{number}.txt").records for number, g in enumerate(gold)]
    records = pl.concat(read).cast(dict(RECORDS))
    articles = add_languages(build_articles(records, run_id="training"), ("en",))
    spans: dict[str, list[tuple[int, int, str]]] = {}
    for key, start, end, label in (
        find_names(articles).select("article_id", "start", "end", "label").iter_rows()
    ):
        spans.setdefault(key, []).append((start, end, label))
    examples: list[Example] = []
    for row in articles.iter_rows(named=True):
        number = int(row["path"].split(".")[0])
        text, cast, _ = build_cast(unwrap(row["body"]), sorted(spans.get(row["article_id"], [])))
        for actor, annotated in match(cast.actors, gold[number]["actors"]):
            examples.append(
                Example(
                    number,
                    text,
                    cast,
                    row["dateline_place"],
                    actor,
                    annotated.get("type"),
                    annotated["country"],
                )
            )
    return examples


def match(found: Iterable[Actor], annotated: list[dict]) -> Iterator[tuple[Actor, dict]]:
    """Actors with the annotated one that has a name form of theirs."""
    forms = {
        (kind, words_of(kind, form)): a
        for a in annotated
        for form in [*a["aliases"], a["name"]]
        if (kind := a["kind"]) in ("person", "organization")
    }
    for actor in found:
        other = forms.get((actor.kind, words_of(actor.kind, actor.name)))
        if other and actor.mentions:
            yield actor, other


def words_of(kind: str, name: str) -> tuple[str, ...]:
    return person_words(name) if kind == "person" else organization_words(name)


# ---- types -------------------------------------------------------------------------------------------------


def type_examples(examples: list[Example]) -> tuple[list[list[int]], list[int], list[int]]:
    """Buckets and type of each body, and its article; those of the seeds belong to none (-1)."""
    buckets, types, articles = [], [], []
    for example in examples:
        if example.actor.kind == "organization" and example.org_type in ORG_TYPES:
            people = [a for a in example.cast.actors if any(r.organization is example.actor for r in a.roles)]
            buckets.append(guesses.type_buckets(example.text, example.actor, people))
            types.append(ORG_TYPES.index(example.org_type))
            articles.append(example.article)
    for row in read_seed("organizations").iter_rows(named=True):
        if row["kind"] == "body":
            body = Actor("organization", row["name"], org_type="other")
            buckets.append(guesses.type_buckets(Text(""), body, ()))
            types.append(ORG_TYPES.index(row["org_type"]))
            articles.append(-1)
    return buckets, types, articles


def fit_types(buckets: list[list[int]], types: list[int]) -> np.ndarray:
    """Weights of a softmax, fitted by Adagrad on all examples at once."""
    x = np.zeros((len(buckets), guesses.BUCKETS), np.float32)
    for row, found in zip(x, buckets, strict=True):
        row[found] = 1.0 / np.sqrt(len(found))
    x = x[:, used := x.any(axis=0)]
    y = np.eye(len(ORG_TYPES), dtype=np.float32)[types]
    w, seen = (
        np.zeros((x.shape[1], y.shape[1]), np.float32),
        np.full((x.shape[1], y.shape[1]), 1e-6, np.float32),
    )
    for _ in range(STEPS):
        scores = x @ w
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        slope = x.T @ (p - y) / len(y) + TYPE_DECAY * w / len(y)
        seen += slope**2
        w -= RATE * slope / np.sqrt(seen)
    full = np.zeros((guesses.BUCKETS, y.shape[1]), np.float32)
    full[used] = w
    return full


# ---- countries ---------------------------------------------------------------------------------------------


def country_examples(examples: list[Example]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One row an actor without a told country and a country of its article: features, whether it is, the article."""
    rows, right, articles = [], [], []
    views: dict[int, guesses.View | None] = {}
    for e in examples:
        if e.actor.country_code:
            continue
        if e.article not in views:
            evidence = guesses.find_evidence(e.text, e.cast)
            views[e.article] = (
                guesses.View(e.text, evidence, e.dateline, e.cast) if evidence or e.dateline else None
            )
        view = views[e.article]
        for code in sorted(view.weight) if view else ():
            assert view
            rows.append(view.features(e.actor, code))
            right.append(code == e.country)
            articles.append(e.article)
    return np.array(rows), np.array(right, float), np.array(articles)


def fit_countries(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression, by Newton's method."""
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        slope = x.T @ (p - y) + COUNTRY_DECAY * len(y) * w * (np.arange(len(w)) > 0)
        curve = (x.T * (p * (1 - p))) @ x + COUNTRY_DECAY * len(y) * np.eye(len(w))
        step = np.linalg.solve(curve, slope)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    return w


# ---- how good they are -------------------------------------------------------------------------------------


def check_types(buckets: list[list[int]], types: list[int], articles: list[int]) -> float:
    """Share of bodies whose type is right, each fifth of the articles judged by what the others taught."""
    right = total = 0
    for fold in range(FOLDS):
        inside = [a >= 0 and a % FOLDS == fold for a in articles]
        taught = [i for i, held in enumerate(inside) if not held]
        w = fit_types([buckets[i] for i in taught], [types[i] for i in taught])
        for i in (i for i, held in enumerate(inside) if held):
            right += int(np.argmax(w[buckets[i]].sum(axis=0))) == types[i]
            total += 1
    return right / total


def main() -> None:
    examples = read_examples(Path(sys.argv[1]))
    buckets, types, articles = type_examples(examples)
    print(
        f"types: {check_types(buckets, types, articles):.3f} right of {sum(a >= 0 for a in articles)}, by folds"
    )
    w = fit_types(buckets, types)
    scale = np.abs(w).max() / 127
    x, y, _ = country_examples(examples)
    np.savez_compressed(
        OUT,
        types=np.array(ORG_TYPES),
        type_weights=np.round(w / scale).astype(np.int8),
        type_scale=np.float32(scale),
        country_weights=fit_countries(x, y).astype(np.float32),
    )
    print(f"countries: {len(y):,} pairs, {int(y.sum()):,} right; {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    lexicon.known_names()
    main()
