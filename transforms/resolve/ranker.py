"""Choose the actor of a reference with a small neural network.

Takes one row of features per candidate, and a last row for "none" (`features`); returns the most likely candidate. The
weights are in `models/references.npz`; `models/references.md` documents them.
"""

from __future__ import annotations

from functools import cache
from math import exp
from pathlib import Path
from typing import Protocol

import numpy as np

import models
from transforms.language import ENGLISH
from transforms.resolve.discourse import Discourse
from transforms.resolve.features import NAMES, describe_options
from transforms.resolve.model import Actor
from transforms.resolve.questions import Query

# Forms for which the tagger's links are used too, and how much they count; elsewhere, links do not help.
POINTED = {"he": 0.5, "person": 1.0}
# Factor for the probability that the article does not name the actor, because the network overestimates it. Chosen by
# cross-validation.
UNNAMED = 0.7


class Ranker(Protocol):
    """Chooses among candidates. Training uses its own ranker instead, to collect the queries."""

    def choose(
        self, discourse: Discourse, query: Query, options: list[Actor]
    ) -> tuple[Actor | None, float]: ...


class Network:
    """Several networks with one hidden layer, applied to each row; their scores are summed."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        if tuple(weights["names"].tolist()) != NAMES:
            raise ValueError(
                "the weights in models/references.npz were trained for other features: run `make train-references`"
            )
        self.weights = weights
        self._hidden, self._bias, self._out = (weights[name] for name in ("hidden", "bias", "out"))

    def scores(self, rows: np.ndarray) -> np.ndarray:
        hidden = rows @ self._hidden
        hidden += self._bias
        scores: np.ndarray = np.tanh(hidden, out=hidden) @ self._out
        return scores

    def choose(self, discourse: Discourse, query: Query, options: list[Actor]) -> tuple[Actor | None, float]:
        """Return the best option (None if the reference means none of them) and its probability.

        Scores are comparable between named actors. Actors without a name and "none" all say that the article does not
        name the actor, so their probabilities are added, and compared with that of the best named actor.
        """
        scores = self.scores(describe_options(discourse, query, options)).tolist()
        if query.form in POINTED:
            weight = POINTED[query.form]
            scores = [
                s + weight * p for s, p in zip(scores, discourse.pointed(query.first, options), strict=True)
            ]
        highest = max(scores)
        shares = [exp(score - highest) for score in scores]
        named: list[int] = []
        nameless: list[int] = []
        for place, actor in enumerate(options):
            (nameless if actor.is_nameless else named).append(place)
        nameless.append(len(options))
        best = max(named, key=shares.__getitem__, default=-1)
        if best < 0 or shares[best] <= UNNAMED * sum(shares[place] for place in nameless):
            best = max(nameless, key=shares.__getitem__)
        return options[best] if best < len(options) else None, shares[best] / sum(shares)


@cache
def load_ranker() -> Network:
    """Return the model in `models/`, loaded once per process."""
    with np.load(Path(models.__file__).with_name(ENGLISH.models.references), allow_pickle=False) as stored:
        return Network({name: stored[name] for name in stored.files})
