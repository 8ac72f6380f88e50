"""Train the model that judges doubtful names: `python -m training.judged_names ANNOTATED...`.

Each file has annotated articles, `{"text", "actors": [{"name", "kind", "aliases"}]}`. For each doubtful name, three
logistic regressions learn whether an annotated person, an annotated organization or neither has the name. They are
written to models/doubtful_names.npz. Needs numpy only.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import models
from training.guesses import Unresolved, read_texts, words_of
from transforms.resolve.article_text import Text
from transforms.resolve.doubtful_names import CHANGES, DROPS, KINDS, Doubtful, Weights, find_doubtful
from transforms.resolve.names import find_candidates

OUT = Path(models.__file__).with_name("doubtful_names.npz")
CLASSES = (*KINDS, "nothing")
DECAY, FOLDS, STEPS = 0.003, 5, 8
SCALE = 0.3  # standard deviation of each count, after counts are scaled to match the word vectors


class Example(NamedTuple):
    """A doubtful name, the index of its article, and the index of its class."""

    article: int
    doubtful: Doubtful
    right: int


def read_examples(articles: Sequence[dict[str, Any]]) -> Iterator[Example]:
    for article in read_texts([article["text"] for article in articles]):
        yield from _examples_of(article, articles[article.number]["actors"])


def _examples_of(article: Unresolved, actors: Sequence[dict[str, Any]]) -> Iterator[Example]:
    text = Text(article.body)
    names = find_candidates(text, article.spans)
    for doubtful in find_doubtful(text, names, article.scores):
        kind = kind_of(doubtful.names[0].kind, doubtful.names[0].text, actors)
        if kind in CLASSES:
            yield Example(article.number, doubtful, CLASSES.index(kind))


def kind_of(found_as: str, written: str, actors: Sequence[dict[str, Any]]) -> str:
    """Return the kind of the annotated actor with this name; if several kinds have it, preferably `found_as`."""
    kinds = {
        actor["kind"] for actor in actors if any(_is_same(found_as, written, form) for form in _forms(actor))
    }
    if found_as in kinds:
        return found_as
    return next((kind for kind in (*KINDS, "country", "group") if kind in kinds), "nothing")


def _forms(actor: dict[str, Any]) -> list[str]:
    return [actor["name"], *actor["aliases"]]


def _is_same(found_as: str, written: str, form: str) -> bool:
    """Whether one name has all words of the other, or is its acronym."""
    one, two = ([w for w in words_of(found_as, name) if len(w) > 2] for name in (written, form))
    initials = "".join(word[0] for word in form.split() if word[0].isupper())
    return written in (form, initials) or bool(one and two and (set(one) <= set(two) or set(two) <= set(one)))


def fit(examples: Sequence[Example]) -> Weights:
    """Fit the models on standardized counts; return weights for counts that are not standardized."""
    counts = np.array([e.doubtful.counts for e in examples])
    meaning = np.array([e.doubtful.meaning for e in examples], float)
    mean, spread = counts.mean(axis=0), counts.std(axis=0) + 1e-6
    mean[0], spread[0] = 0.0, SCALE  # the constant
    x = np.concatenate([(counts - mean) / spread * SCALE, meaning], axis=1)
    right = np.array([e.right for e in examples])
    weights = np.column_stack([_fit_logistic(x, (right == k).astype(float)) for k in range(len(CLASSES))])
    of_counts = weights[: counts.shape[1]] * (SCALE / spread)[:, None]
    of_counts[0] -= mean @ of_counts
    return Weights(of_counts, weights[counts.shape[1] :])


def _fit_logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Fit a logistic regression by Newton's method."""
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        curve = (x.T * (p * (1 - p))) @ x + DECAY * len(y) * np.eye(len(w))
        w -= np.linalg.solve(curve, x.T @ (p - y) + DECAY * len(y) * w)
    return w


def check(examples: Sequence[Example]) -> None:
    """Cross-validate the models over the articles; print how many names they drop or change, rightly and wrongly."""
    counts: Counter[str] = Counter()
    for fold in range(FOLDS):
        learnt = fit([e for e in examples if e.article % FOLDS != fold])
        judged = [e for e in examples if e.article % FOLDS == fold]
        for e, chances in zip(judged, learnt.chances([e.doubtful for e in judged]), strict=True):
            found_as = KINDS.index(e.doubtful.names[0].kind)
            if chances[2] >= DROPS:
                counts[f"dropped, {'wrong' if e.right == found_as else 'right'}"] += 1
            elif chances[1 - found_as] >= CHANGES:
                counts[f"changed, {'right' if e.right == 1 - found_as else 'wrong'}"] += 1
    print(f"{len(examples):,} doubtful names; {dict(counts)}")


def main() -> None:
    texts = [Path(path).read_text(encoding="utf-8") for path in sys.argv[1:]]
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    examples = list(read_examples([json.loads(line) for line in lines]))
    check(examples)
    weights = fit(examples)
    np.savez_compressed(
        OUT, counts=weights.counts.astype(np.float32), meaning=weights.meaning.astype(np.float16)
    )


if __name__ == "__main__":
    main()
