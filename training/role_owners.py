"""Train the model that guesses where a role is held: `python -m training.role_owners WHO [TEXTS ...]`.

WHO is a file of annotated articles, TEXTS are files of articles without annotation, `{"text"}`. All articles are read
and resolved as in a run. Three linear models are fitted with numpy and written to `models/role_places.npz`:

- kinds: which kind of owner (company, court, country, ...) a role has, from the roles in TEXTS that have an owner;
- told: whether the text writes such a role with an owner, from all roles in TEXTS;
- owner: whether a role without an owner is held at one of the organizations, countries and places of its article. The
  examples are the annotated roles in WHO.

Prints, for the annotated roles, how many owners are right if the third model is cross-validated over the articles.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

import models
from training.descriptions import is_same_role
from training.guesses import FOLDS, Unresolved, fit_logistic, match, read_lines, read_texts, words_of
from training.role_nouns import fit
from transforms.resolve import lexicon, role_places
from transforms.resolve.article import build_cast
from transforms.resolve.gazetteer import is_region
from transforms.resolve.guessed_countries import guess_countries
from transforms.resolve.guesses import guess_types
from transforms.resolve.model import Role
from transforms.resolve.role_places import KINDS, Models, Owner, Owners, describe_role, open_roles
from transforms.resolve.workplaces import words_of_role

OUT = Path(models.__file__).with_name("role_places.npz")
DECAY = 2.0
MOST_EXAMPLES = 3  # examples of one person in one role at one owner


class Example(NamedTuple):
    """An annotated role: the features of each candidate, which of them is the owner, and the fold of its article."""

    features: np.ndarray
    is_owner: np.ndarray
    has_owner: bool
    fold: int


def read_roles(articles: Iterable[Unresolved]) -> list[tuple[tuple[str, ...], str | None]]:
    """Return the words of the roles in articles, with the kinds of their owners; None if the text gives no owner."""
    seen: Counter[tuple[str | None, ...]] = Counter()
    found = []
    for article in articles:
        text, clusters, _ = build_cast(article.body, article.spans, article.scores)
        guess_types(text, clusters)
        for actor in clusters.actors:
            for role in actor.roles:
                owner = role.organization.name if role.organization else role.place or role.country_code
                seen[actor.name, role.text, owner] += 1
                if words_of_role(role.text) and seen[actor.name, role.text, owner] <= MOST_EXAMPLES:
                    found.append((words_of_role(role.text), kind_of_owner(role)))
    return found


def kind_of_owner(role: Role) -> str | None:
    if role.organization:
        return role.organization.org_type or "other"
    if role.country_code:
        return "country"
    return ("region" if is_region(role.place) else "city") if role.place else None


def fit_kinds(roles: list[tuple[tuple[str, ...], str | None]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of the models `kinds` and `told`."""
    x = np.array([describe_role(words) for words, _ in roles], float)
    kinds = np.array([kind or "" for _, kind in roles])
    has_owner = kinds != ""
    of_kind = [fit(x[has_owner], (kinds[has_owner] == kind).astype(float), DECAY) for kind in KINDS]
    return np.stack(of_kind, 1), fit(x, has_owner.astype(float), DECAY)


def read_examples(articles: list[dict[str, Any]]) -> Iterator[Example]:
    """Yield the annotated roles that the articles write without an owner."""
    for article in read_texts([a["text"] for a in articles]):
        annotated = articles[article.number]
        text, clusters, _ = build_cast(article.body, article.spans, article.scores)
        guess_types(text, clusters)
        owners = Owners(text, clusters, guess_countries(text, clusters, article.dateline))
        people = {id(actor): person["roles"] for actor, person in match(clusters.actors, annotated["actors"])}
        for actor, role in open_roles(clusters):
            same = [r for r in people.get(id(actor), ()) if is_same_role(role.text or "", r["role"])]
            candidates = owners.candidates(role)
            if same and candidates:
                names = [r["at"] for r in same if r["at"]]
                yield Example(
                    np.array([owners.features(actor, role, owner) for owner in candidates], float),
                    np.array([any(is_called(owner, name) for name in names) for owner in candidates]),
                    bool(names),
                    crc32(annotated["text"].encode()) % FOLDS,
                )


def is_called(owner: Owner, name: str) -> bool:
    """Whether an annotated name means an owner: the names share all words of one of them, or one is an acronym."""
    known = lexicon.known_names().get(name)
    if owner.level == "country":
        return known is not None and known.kind == "country" and known.country_code == owner.country_code
    own, other = (
        words_of("organization", written)
        for written in (owner.actor.name if owner.actor else owner.place or "", name)
    )
    initials = "".join(word[0] for word in (other if len(other) > 1 else own))
    return set(own) <= set(other) or set(other) <= set(own) or initials in (*own, *other)


def check(examples: list[Example]) -> Counter[str]:
    """Count how the roles of each fold get their owners, from a model that was fitted on the other folds."""
    counts: Counter[str] = Counter()
    for fold in range(FOLDS):
        weights = fit_owner([e for e in examples if e.fold != fold])
        for example in (e for e in examples if e.fold == fold):
            scores = example.features @ weights
            best = int(scores.argmax())
            if scores[best] <= 0:
                counts["missing" if example.has_owner else "rightly missing"] += 1
            else:
                counts[
                    "right" if example.is_owner[best] else "wrong" if example.has_owner else "not annotated"
                ] += 1
    return counts


def fit_owner(examples: list[Example]) -> np.ndarray:
    x = np.concatenate([example.features for example in examples])
    return fit_logistic(x, np.concatenate([example.is_owner for example in examples]).astype(float))


def main() -> None:
    texts = [json.loads(line)["text"] for line in read_lines(sys.argv[2:])]
    kinds, told = fit_kinds(read_roles(read_texts(texts)))
    save(Models(kinds, told, np.zeros(0)))  # `read_examples` reads the first two
    role_places.load_models.cache_clear()
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    examples = list(read_examples([json.loads(line) for line in lines if line.strip()]))
    print(f"{len(examples)} roles without an owner in the text: {dict(check(examples))}")
    save(Models(kinds, told, fit_owner(examples)))


def save(fitted: Models) -> None:
    kinds, told, owner = (np.asarray(part, np.float16) for part in fitted)
    np.savez_compressed(OUT, kinds=kinds, told=told, owner=owner)


if __name__ == "__main__":
    main()
