"""Train the model that recognizes phrases next to a name as roles: `python -m training.descriptions WHO...`.

WHO are files of annotated articles. The articles are read and resolved as in a run. Each phrase that
`transforms/resolve/likely_roles.py` considers for an annotated person is an example, positive if the annotation has
that role. Writes `models/descriptions.npz` and prints the cross-validated number of phrases recognized as roles.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

import models
from training.guesses import FOLDS, match, read_texts
from training.role_nouns import fit
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.fitting import role_words
from transforms.resolve.likely_roles import Candidate, describe
from transforms.resolve.model import Mention
from transforms.resolve.names import find_names
from transforms.resolve.role_times import ACTING, FORMER
from transforms.resolve.roles import find_roles

OUT = Path(models.__file__).with_name("descriptions.npz")
DECAY = 1.0
SHARED = 0.5  # two roles are the same from this share of common words


class Example(NamedTuple):
    """A phrase next to a person's name: its features, whether it is a role, and the fold of its article."""

    features: np.ndarray
    is_right: bool
    fold: int


def read_examples(articles: list[dict[str, Any]]) -> Iterator[Example]:
    """Yield the phrases next to names of annotated people, except phrases for which a rule decides."""
    for article in read_texts([a["text"] for a in articles]):
        annotated = articles[article.number]
        text = Text(article.body)
        clusters = Clusters(text, find_names(text, article.spans))
        considered: list[tuple[Mention, Candidate]] = []

        def note(_: Text, mention: Mention, candidate: Candidate) -> bool:
            considered.append((mention, candidate))  # noqa: B023
            return False

        find_roles(text, clusters, note)
        roles = {
            id(actor): [role["role"] for role in person["roles"]]
            for actor, person in match(clusters.actors, annotated["actors"])
        }
        fold = crc32(annotated["text"].encode()) % FOLDS
        for mention, candidate in considered:
            if id(mention.actor) in roles:
                found = candidate.phrase.roles[0].text or ""
                is_right = any(is_same_role(found, role) for role in roles[id(mention.actor)])
                yield Example(describe(text, candidate), is_right, fold)


def is_same_role(one: str, other: str) -> bool:
    """Whether two roles are the same, such as 'food writer' and 'British-born food writer'."""
    first, second = (set(role_words(role)) - FORMER - ACTING for role in (one, other))
    shared = len(first & second)
    return bool(first and second) and (
        first <= second or second <= first or 2 * shared >= SHARED * (len(first) + len(second))
    )


def main() -> None:
    lines = [line for path in sys.argv[1:] for line in Path(path).read_text(encoding="utf-8").splitlines()]
    examples = list(read_examples([json.loads(line) for line in lines if line.strip()]))
    x = np.array([example.features for example in examples], float)
    y = np.array([example.is_right for example in examples], float)
    fold = np.array([example.fold for example in examples])
    taken = np.zeros(len(y), bool)
    for n in range(FOLDS):
        w = fit(x[fold != n], y[fold != n], DECAY)
        taken[fold == n] = x[fold == n] @ w[:-1] + w[-1] > 0
    print(
        f"{int(y.sum())} of {len(y):,} phrases are roles; {int(taken.sum())} taken, {y[taken].mean():.1%} right"
    )
    w = fit(x, y, DECAY)
    np.savez_compressed(OUT, weights=w[:-1].astype(np.float16), bias=np.float32(w[-1]))


if __name__ == "__main__":
    main()
