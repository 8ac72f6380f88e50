"""Train the ranker, which finds the actor of a reference: `python -m training.references WHO MENTIONS [...]`.

WHO has one annotated article per line, with `actors`, and `statements` that name their `speakers`. MENTIONS has one
text per line with all mentions of its `entities`. Spans count code points of `text`. The articles are resolved as in
the pipeline. Each reference gives one question: its candidates, and which of them are right. The articles of WHO are
used twice: with the names that the pipeline finds, and with the annotated names.

In the first round every reference is resolved to the annotated answer, so that later references see a correct context.
In the second round the model's own answers are used, so that it learns to cope with its errors. `--folds 5` prints the
accuracy on articles that the model was not trained on; otherwise the weights are written. Needs only numpy; the same
input gives the same weights.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import polars as pl

import models
from training.same_name import is_same
from transforms.extract import read_articles
from transforms.extract.unwrap import unwrap
from transforms.resolve.article import resolve_article
from transforms.resolve.discourse import Discourse
from transforms.resolve.features import NAMES, describe_options
from transforms.resolve.mentions import names_by_article, statements_by_article
from transforms.resolve.model import Actor, Attribution
from transforms.resolve.name_spans import Span
from transforms.resolve.questions import Query
from transforms.resolve.ranker import Network

HIDDEN, NETWORKS = 32, 4
EPOCHS, BATCH, RATE, DECAY, DROPPED = 30, 64, 4e-3, 0.1, 0.1
ROUNDS = 2  # the first with the right answers as context, the second with the model's own answers
SHARED = 0.5  # overlap (Dice) from which two contents count as the same

# A function that returns whether an actor is right. None in its place means that no named actor is right.
Truth = Callable[[Actor], bool]


@dataclass
class Sample:
    """One article as the pipeline sees it. `truths` maps statements and mentions to their right answers."""

    name: str
    body: str
    spans: Sequence[Span]
    attributions: Sequence[Attribution]
    truths: dict[object, Truth | None]
    fold: int = 0


@dataclass
class Question:
    """One reference: a row of features for each candidate and a last row for "nobody"; `right` marks the right rows."""

    rows: np.ndarray
    right: np.ndarray
    form: str
    fold: int


# ---- articles ----------------------------------------------------------------------------------------------


def read_lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_samples(
    articles: list[dict[str, Any]],
    truths_of: Callable[[dict[str, Any], Sequence[Attribution]], dict[object, Truth | None]],
) -> list[Sample]:
    """Run the pipeline's extraction over the articles and add the right answers."""
    texts = pl.DataFrame([{"article_id": a["article"], "body": a["text"]} for a in articles])
    read = read_articles(texts)
    (spans, _), statements = names_by_article(read.names), statements_by_article(read.statements)
    samples = []
    for article in articles:
        found = [attribution for _, attribution in statements[article["article"]]]
        samples.append(
            Sample(
                article["article"],
                unwrap(article["text"]),
                spans[article["article"]],
                found,
                truths_of(article, found),
                crc32(article["text"].encode()),
            )
        )
    return samples


def with_annotated_names(articles: list[dict[str, Any]], samples: Sequence[Sample]) -> list[Sample]:
    """Return the same articles with the annotated names, as a perfect name finder would find them."""
    return [
        replace(s, spans=_annotated_names(a), truths=dict(s.truths))
        for a, s in zip(articles, samples, strict=True)
    ]


def _annotated_names(article: dict[str, Any]) -> list[Span]:
    labels = {"person": "PERSON", "organization": "ORG", "country": "GPE", "group": "NORP"}
    forms = {
        name: labels[actor["kind"]]
        for actor in article["actors"]
        for name in [actor["name"], *actor["aliases"]]
        if name[:1].isupper()
    }
    if not forms:
        return []
    longest_first = sorted(forms, key=lambda name: (-len(name), name))
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    return [(m.start(), m.end(), forms[m.group()]) for m in pattern.finditer(article["text"])]


def truths_of_speakers(article: dict[str, Any], found: Sequence[Attribution]) -> dict[object, Truth | None]:
    """Map each found statement that is also annotated, by its index, to its right speaker."""
    wanted = [letters(s["content"]) for s in article["statements"]]
    truths: dict[object, Truth | None] = {}
    for number, attribution in enumerate(found):
        mine = letters(attribution.contents)
        shares = [2 * len(mine & w) / (len(mine) + len(w)) for w in wanted]
        best = max(range(len(shares)), key=shares.__getitem__, default=None)
        if best is not None and shares[best] >= SHARED:
            truths[number] = truth_of_speaker(article, article["statements"][best])
    return truths


def letters(spans: Sequence[Any]) -> set[int]:
    """Return the offsets of all code points in the spans."""
    return {i for start, end in spans for i in range(start, end)}


def truth_of_speaker(article: dict[str, Any], statement: dict[str, Any]) -> Truth | None:
    kind = statement["speaker_kind"]
    if kind in ("unnamed", "none"):
        return None
    names = [
        name
        for speaker in statement["speakers"]
        for name in [speaker, *(n for a in article["actors"] if a["name"] == speaker for n in a["aliases"])]
    ]

    def is_right(actor: Actor) -> bool:
        if (kind == "person") != (actor.kind == "person") or actor.kind == "unnamed":
            return False
        return any(is_same(actor.name, name, is_person=kind == "person") for name in names)

    return is_right


def truths_of_mentions(article: dict[str, Any], found: Sequence[Attribution]) -> dict[object, Truth | None]:
    """Map pronouns and descriptions to their right actors; likewise, statements whose source is one of these.

    The key of a pronoun or description is its kind and its start; the key of a statement is its index.
    """
    truths: dict[object, Truth | None] = {}
    for entity in article["entities"]:
        keys = [mention["key"] for mention in entity["mentions"] if mention["kind"] == "name"]
        truth = _truth_of_entity(keys) if keys else None
        for mention in entity["mentions"]:
            if mention["kind"] != "name":
                truths[mention["kind"], mention["start"]] = truth
    for number, attribution in enumerate(found):
        start, end = attribution.source or (0, 0)
        kind = "nominal" if " " in article["text"][start:end] else "pronoun"
        if attribution.source and (kind, start) in truths:
            truths[number] = truths[kind, start]
    return truths


def _truth_of_entity(keys: list[list[int]]) -> Truth:
    def is_right(actor: Actor) -> bool:
        named = [m for m in actor.mentions if m.kind == "name"]
        return any(m.start < end and start < m.end for m in named for start, end in keys)

    return is_right


# ---- questions ---------------------------------------------------------------------------------------------


class Recorder:
    """Takes the place of the ranker: answers each question, and records it if the right answer is known.

    It gives the right answer if `tells` is set and that answer is known; otherwise it gives the network's answer.
    """

    def __init__(self, sample: Sample, network: Network | None, *, tells: bool) -> None:
        self.sample, self.network, self.tells = sample, network, tells
        self.questions: list[Question] = []

    def choose(self, discourse: Discourse, query: Query, options: list[Actor]) -> tuple[Actor | None, float]:
        rows = describe_options(discourse, query, options)
        key: object = query.statement
        if query.statement is None:
            key = ("pronoun", discourse.text.starts[query.first])
        right = np.zeros(len(rows), bool)
        known = key in self.sample.truths
        if known:
            right = mark_right(options, self.sample.truths[key])
            self.questions.append(Question(rows, right, query.form, self.sample.fold))
        if self.tells and known:
            best = int(right.argmax())
        elif self.network:
            best = int(self.network.scores(rows).argmax())
        else:
            return None, 1.0
        return options[best] if best < len(options) else None, 1.0


def mark_right(options: list[Actor], truth: Truth | None) -> np.ndarray:
    """Return which options are right. If none is, "nobody" and all actors without a name are right."""
    right = [truth is not None and truth(actor) for actor in options]
    if not any(right):
        right = [
            actor.kind == "unnamed" or (actor.kind == "group" and not actor.is_full) for actor in options
        ]
        return np.array([*right, True])
    return np.array([*right, False])


def ask(samples: Sequence[Sample], network: Network | None, *, tells: bool) -> list[Question]:
    """Resolve the articles and collect the questions that a `Recorder` records."""
    questions: list[Question] = []
    for sample in samples:
        recorder = Recorder(sample, network, tells=tells)
        resolve_article(sample.name, sample.body, sample.spans, sample.attributions, ranker=recorder)
        questions += recorder.questions
    return questions


# ---- the network -------------------------------------------------------------------------------------------


def train(questions: Sequence[Question], seed: int = 0) -> Network:
    """Train several small networks from different random starts and join them; the joint score is the mean score."""
    parts = [_train_one(questions, np.random.default_rng(seed + n)) for n in range(NETWORKS)]
    hidden, bias, out = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    weights = {"hidden": hidden, "bias": bias, "out": out / NETWORKS}
    return Network({"names": np.array(NAMES)} | {name: w.astype(np.float32) for name, w in weights.items()})


def _train_one(questions: Sequence[Question], rng: np.random.Generator) -> list[np.ndarray]:
    """Find weights that maximize the probability of the right rows in a softmax over the rows of each question."""
    weights = [
        rng.normal(0, 1 / np.sqrt(len(NAMES)), (len(NAMES), HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(0, 0.3, HIDDEN),
    ]
    moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    steps = EPOCHS * -(-len(questions) // BATCH)
    step = 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(questions))
        for start in range(0, len(order), BATCH):
            step += 1
            batch = [questions[i] for i in order[start : start + BATCH]]
            rate = RATE * (1 - step / (steps + 1))
            for w, (m, v), slope in zip(weights, moments, _slopes(weights, batch, rng), strict=True):
                m += 0.1 * (slope - m)
                v += 0.001 * (slope**2 - v)
                w -= rate * (m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8) + DECAY * w)
    return weights


def _slopes(
    weights: list[np.ndarray], batch: Sequence[Question], rng: np.random.Generator
) -> list[np.ndarray]:
    hidden, bias, out = weights
    rows = np.concatenate([q.rows for q in batch])
    right = np.concatenate([q.right for q in batch])
    sizes = [len(q.rows) for q in batch]
    firsts = np.cumsum([0, *sizes[:-1]])
    inner = np.tanh(rows @ hidden + bias)
    kept = (rng.random(HIDDEN) > DROPPED) / (1 - DROPPED)
    scores = (inner * kept) @ out
    scores = np.exp(scores - np.repeat(np.maximum.reduceat(scores, firsts), sizes))
    shares = scores / np.repeat(np.add.reduceat(scores, firsts), sizes)
    wanted = shares * right
    wanted = wanted / np.repeat(np.add.reduceat(wanted, firsts) + 1e-12, sizes)
    error = (shares - wanted) / len(batch)
    back = np.outer(error, out * kept) * (1 - inner**2)
    return [rows.T @ back, back.sum(0), (inner * kept).T @ error]


def train_in_rounds(samples: Sequence[Sample]) -> Network:
    """Train in rounds; each adds the questions that arise when the previous round's network resolves the articles."""
    questions = ask(samples, None, tells=True)
    network = train(questions)
    for _ in range(ROUNDS - 1):
        questions += ask(samples, network, tells=False)
        network = train(questions)
    return network


def join(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Join the weights of two models into one whose score is the mean of both.

    The joint model has the features of `other`. Those that `one` lacks get the weight 0 in its networks.
    """
    row_of = {name: row for row, name in enumerate(one["names"].tolist())}
    hidden = np.zeros((len(other["names"]), one["hidden"].shape[1]), np.float32)
    for row, name in enumerate(other["names"].tolist()):
        if name in row_of:
            hidden[row] = one["hidden"][row_of[name]]
    same = one | {"hidden": hidden}
    joined = {name: np.concatenate([same[name], other[name]], axis=-1) for name in ("hidden", "bias", "out")}
    return {"names": other["names"], **joined, "out": joined["out"] / 2}


# ---- command -----------------------------------------------------------------------------------------------


def print_folds(samples: Sequence[Sample], folds: int) -> None:
    """Cross-validate the ranker and print its accuracy by the form of the reference."""
    count, right = Counter[str](), Counter[str]()
    for fold in range(folds):
        network = train_in_rounds([s for s in samples if s.fold % folds != fold])
        kept = [s for s in samples if s.fold % folds == fold]
        for question in ask(kept, network, tells=False):
            is_right = bool(question.right[int(network.scores(question.rows).argmax())])
            for form in (question.form, "all"):
                count[form] += 1
                right[form] += is_right
    for form in sorted(count):
        print(f"{form:10s} {right[form]:5d} of {count[form]:5d}: {100 * right[form] / count[form]:.1f} %")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("who", type=Path)
    parser.add_argument("mentions", type=Path)
    parser.add_argument(
        "--folds", type=int, default=0, help="cross-validate with so many folds instead of writing weights"
    )
    parser.add_argument("--join", type=Path, help="weights of an earlier model to average with")
    parser.add_argument("--out", type=Path, default=Path(models.__file__).with_name("references.npz"))
    options = parser.parse_args()
    who = read_lines(options.who)
    found = read_samples(who, truths_of_speakers)
    samples = [
        *found,
        *read_samples(read_lines(options.mentions), truths_of_mentions),
        *with_annotated_names(who, found),
    ]
    if options.folds:
        print_folds(samples, options.folds)
    else:
        w = train_in_rounds(samples).weights
        if options.join:
            w = join(dict(np.load(options.join, allow_pickle=False)), w)
        np.savez_compressed(options.out, names=w["names"], hidden=w["hidden"], bias=w["bias"], out=w["out"])


if __name__ == "__main__":
    main()
