"""Train the models that guess types of organizations and countries of actors.

Usage: `python -m training.guesses WHO [TEXTS ...]`. WHO is a file of annotated articles, `{"text", "actors": [{"name",
"kind", "type", "country", "aliases"}]}`. They are read and resolved as in a run; each actor that is both found and
annotated is an example. The seeds add organizations with their types. TEXTS are files of articles without annotation,
`{"text"}`; the words around organizations of known type in them are examples, too.

Two linear models are fitted with numpy and written to models/bodies.npz: a ridge regression over hashed words, word
senses and the words around the name for the type, and a logistic regression over counts for whether a country is the
actor's.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

import models
from schema.column_values import ORG_TYPES
from seeds import read_seed
from transforms.articles.articles import build_articles
from transforms.articles.languages import add_languages
from transforms.extract import find_names
from transforms.extract.meanings import WIDTH
from transforms.extract.unwrap import unwrap
from transforms.readers import read_records
from transforms.resolve import guessed_countries, guesses
from transforms.resolve.article import build_cast
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters, organization_words, person_words
from transforms.resolve.mentions import names_by_article
from transforms.resolve.model import Actor

OUT = Path(models.__file__).with_name("bodies.npz")
WELL_KNOWN = Path(__file__).with_name("body_types.csv")
TYPE_RIDGE, COUNTRY_DECAY = 0.3, 0.003
FOLDS = 5
UNANNOTATED = -1
MOST_EXAMPLES = 6  # examples of one name in the texts without annotation
CONTEXT_SHARE = 0.5  # weight of an example without annotation


class Example(NamedTuple):
    """An actor as found in the article, with its annotation."""

    article: int
    text: Text
    clusters: Clusters
    dateline: str | None
    actor: Actor
    annotated: dict[str, Any]


def read_examples(path: Path) -> list[Example]:
    """Read the annotated actors that the pipeline also finds in their articles."""
    gold = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    examples: list[Example] = []
    for number, text, clusters, dateline in resolve([g["text"] for g in gold]):
        for actor, annotated in match(clusters.actors, gold[number]["actors"]):
            examples.append(Example(number, text, clusters, dateline, actor, annotated))
    return examples


class Unresolved(NamedTuple):
    """An article as a run reads it, with the names found in it."""

    number: int
    body: str
    spans: list[tuple[int, int, str]]
    scores: dict[int, tuple[float, float, float]]
    dateline: str | None


def read_texts(texts: list[str]) -> Iterator[Unresolved]:
    """Read texts as a run does and yield them with their names."""
    read = [read_records(text.encode(), f"{number}.txt").records for number, text in enumerate(texts)]
    records = pl.concat(read)
    articles = add_languages(build_articles(records, run_id="training"), ("en",))
    names = find_names(articles)
    spans, scores = names_by_article(names)
    for row in articles.iter_rows(named=True):
        number, key = int(row["path"].split(".")[0]), row["article_id"]
        yield Unresolved(number, unwrap(row["body"]), spans[key], scores[key], row["dateline_place"])


def resolve(texts: list[str]) -> Iterator[tuple[int, Text, Clusters, str | None]]:
    """Read texts as a run does. Yields the index, words, actors and dateline place of each text."""
    for article in read_texts(texts):
        text, clusters, _ = build_cast(article.body, article.spans, article.scores)
        yield article.number, text, clusters, article.dateline


def match(found: Iterable[Actor], annotated: list[dict[str, Any]]) -> Iterator[tuple[Actor, dict[str, Any]]]:
    """Pair each actor with the annotated actor that has the same name or alias."""
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


class Typed(NamedTuple):
    """An organization of known type: its features, type, article (an index; -1 if it is not annotated), and actor."""

    buckets: list[int]
    senses: np.ndarray
    around: np.ndarray
    org_type: int
    article: int
    actor: Actor


def type_examples(examples: list[Example]) -> list[Typed]:
    """Return the organizations of known type in the articles, the seeds and the list of well-known organizations."""
    typed = []
    for example in examples:
        if example.actor.kind == "organization" and example.annotated.get("type") in ORG_TYPES:
            people = _people_of(example.clusters, example.actor)
            found = guesses.type_buckets(example.text, example.actor, people)
            typed.append(
                _typed(found, example.annotated["type"], example.article, example.text, example.actor)
            )
    for name, org_type in [*_read_seeds(), *_read_well_known()]:
        body = Actor("organization", name, org_type="other")
        typed.append(_typed(guesses.type_buckets(Text(""), body, ()), org_type, UNANNOTATED, Text(""), body))
    return typed


def _typed(buckets: list[int], org_type: str, article: int, text: Text, body: Actor) -> Typed:
    senses = guesses.senses(body.name).astype(float)
    return Typed(buckets, senses, guesses.around(text, body), ORG_TYPES.index(org_type), article, body)


def _people_of(clusters: Clusters, body: Actor) -> list[Actor]:
    return [a for a in clusters.actors if any(role.organization is body for role in a.roles)]


def context_examples(articles: Iterable[Unresolved]) -> Iterator[Typed]:
    """Yield the organizations of known type in articles without annotation, as examples for the model of types.

    The type is known from the seeds, from the last word of the name, or from a noun next to it. The model sees only the
    words around the name, so that it learns what articles say about organizations of each type.
    """
    listed = dict([*_read_well_known(), *_read_seeds()])
    seen = Counter[str]()
    for article in articles:
        text, clusters, _ = build_cast(article.body, article.spans, article.scores)
        for body in clusters.actors:
            org_type = _given_type(body, listed) if body.kind == "organization" and body.mentions else None
            seen[body.name] += 1
            if org_type in ORG_TYPES and seen[body.name] <= MOST_EXAMPLES:
                found = guesses.context_buckets(text, body, _people_of(clusters, body))
                yield _typed(found, org_type, UNANNOTATED, text, body)._replace(senses=np.zeros(2 * WIDTH))


def _given_type(body: Actor, listed: dict[str, str]) -> str | None:
    if body.is_stated or guesses.ends_in_type(body.name) or guesses.is_typed(body):
        return body.org_type
    return listed.get(body.name)


def _read_seeds() -> Iterator[tuple[str, str]]:
    """Yield the organizations in the seeds with their types."""
    for row in read_seed("organizations").iter_rows(named=True):
        if row["kind"] == "body":
            yield row["name"], row["org_type"]


def _read_well_known() -> Iterator[tuple[str, str]]:
    """Yield well-known organizations with their types. They have no context, so the model learns from their names."""
    yield from pl.read_csv(WELL_KNOWN).iter_rows()


class TypeWeights(NamedTuple):
    """The weights that `fit_types` learns, in the layout of `guesses.Models`."""

    words: np.ndarray
    senses: np.ndarray
    around: np.ndarray
    bias: np.ndarray


def fit_types(typed: list[Typed], contexts: list[Typed]) -> TypeWeights:
    """Fit a ridge regression of the type of each organization, solved in its dual form.

    `contexts` weigh half as much as `typed`, and do not change how frequent each type is.
    """
    rows = [*typed, *contexts]
    words = np.zeros((len(rows), guesses.BUCKETS), np.float32)
    for row, one in zip(words, rows, strict=True):
        row[one.buckets] = 1.0 / np.sqrt(len(one.buckets))
    senses, around = (
        np.array([getattr(one, part) for one in rows], np.float32) for part in ("senses", "around")
    )
    right = np.eye(len(ORG_TYPES))[[one.org_type for one in rows]]
    share = right[: len(typed)].mean(axis=0)
    likeness = (words @ words.T + senses @ senses.T + around @ around.T).astype(float)
    ridge = np.repeat([TYPE_RIDGE, TYPE_RIDGE / CONTEXT_SHARE], [len(typed), len(contexts)])
    duals = np.linalg.solve(likeness + np.diag(ridge), right - share)
    return TypeWeights(words.T @ duals, senses.T @ duals, around.T @ duals, share)


# ---- countries ---------------------------------------------------------------------------------------------


def country_examples(examples: list[Example]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make one example for each pair of an actor without a stated country and a country in its article.

    Returns the features, whether the country is the actor's, and the index of the article, for each example.
    """
    rows, right, articles = [], [], []
    views: dict[int, guessed_countries.View | None] = {}
    for e in examples:
        if e.actor.country_code:
            continue
        if e.article not in views:
            evidence = guessed_countries.find_evidence(e.text, e.clusters)
            views[e.article] = (
                guessed_countries.View(e.text, evidence, e.dateline, e.clusters)
                if evidence or e.dateline
                else None
            )
        view = views[e.article]
        for code in sorted(view.weight) if view else ():
            assert view
            rows.append(view.features(e.actor, code))
            right.append(code == e.annotated["country"])
            articles.append(e.article)
    return np.array(rows), np.array(right, float), np.array(articles)


def fit_logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Fit a logistic regression by Newton's method and return its weights."""
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


# ---- evaluation --------------------------------------------------------------------------------------------


def check_types(typed: list[Typed], contexts: list[Typed]) -> float:
    """Cross-validate the model of types over the articles and return the share of right types.

    Sets the type of each organization to the predicted type, so that later steps do not learn from annotated types.
    """
    right, judged = 0, [one for one in typed if one.article >= 0]
    for fold in range(FOLDS):
        learnt = as_models(
            fit_types([one for one in typed if one.article < 0 or one.article % FOLDS != fold], contexts)
        )
        for one in (one for one in judged if one.article % FOLDS == fold):
            one.actor.org_type = learnt.likeliest_types([one.buckets], [one.actor.name], [one.around])[0]
            right += one.actor.org_type == ORG_TYPES[one.org_type]
    return right / len(judged)


def as_models(weights: TypeWeights) -> guesses.Models:
    return guesses.Models(ORG_TYPES, weights.words, weights.senses, weights.around, weights.bias, np.zeros(0))


def read_lines(paths: Iterable[str]) -> Iterator[str]:
    """Yield the lines of files, which may be compressed with gzip."""
    for path in paths:
        opened = gzip.open if path.endswith(".gz") else open
        with opened(path, "rt", encoding="utf-8") as lines:
            yield from lines


def main() -> None:
    examples = read_examples(Path(sys.argv[1]))
    typed = type_examples(examples)
    texts = [json.loads(line)["text"] for line in read_lines(sys.argv[2:])]
    contexts = list(context_examples(read_texts(texts))) if texts else []
    print(f"types: {check_types(typed, contexts):.3f} right, by folds")
    learnt = fit_types(typed, contexts)
    scale = np.abs(learnt.words).max() / 127
    x, y, _ = country_examples(examples)
    np.savez_compressed(
        OUT,
        types=np.array(ORG_TYPES),
        type_weights=np.round(learnt.words / scale).astype(np.int8),
        type_scale=np.float32(scale),
        sense_weights=learnt.senses.astype(np.float16),
        around_weights=learnt.around.astype(np.float16),
        type_bias=learnt.bias.astype(np.float32),
        country_weights=fit_logistic(x, y).astype(np.float32),
    )
    print(f"countries: {len(y):,} pairs, {int(y.sum()):,} right")


if __name__ == "__main__":
    main()
