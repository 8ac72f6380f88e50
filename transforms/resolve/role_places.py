"""Guess where a role is held, if neither the words around the name nor the rules of `workplaces` tell.

Takes a `Text`, its `Clusters` with roles, and the countries of the article (`guesses.View`). Every organization,
country and place that the article names is a candidate for each role without an owner. A small linear model gives the
probability that the role is held there (`models/role_places.npz`, trained by `training/role_owners.py`). Its main
evidence is which kind of owner such roles usually have: companies have chief executives, states have ministers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import NamedTuple
from zlib import crc32

import numpy as np

from schema.column_values import ORG_TYPES
from transforms.extract.meanings import meaning_of
from transforms.language import ENGLISH
from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.gazetteer import country_of_place, is_region
from transforms.resolve.guessed_countries import View
from transforms.resolve.matrices import dot
from transforms.resolve.model import Actor, Role
from transforms.resolve.offices import is_state_office, may_have_office
from transforms.resolve.workplaces import (
    OF_PLACE,
    OF_REGION,
    group_of,
    has_open_owner,
    words_of_role,
    works_there_now,
)

KINDS = (*ORG_TYPES, "country", "region", "city")  # kinds of owners
BUCKETS = 512  # hash buckets for the words of a role
NOUN_WEIGHT = np.float32(1.5)  # weight of the meaning of a role's noun, relative to its words
LEAD = 2  # the first sentences of an article, up to this one, are its lead
MOST_OWNERS = 60  # candidates per role; an article that names more has no guesses
MOST_ROLES = 300  # roles per article for which an owner is guessed
LEAST_SCORE = (
    -1.2
)  # least log odds of a guessed owner (a probability of 23 %); lower ones are wrong too often


class Owner(NamedTuple):
    """An organization, a country or a place where a role may be held; `words` has the first word of each mention."""

    kind: str
    actor: Actor | None
    place: str | None
    country_code: str | None
    words: list[int]

    @property
    def level(self) -> str:
        return "organization" if self.actor else "country" if self.kind == "country" else "place"


class Models(NamedTuple):
    """The weights of the linear models: for the kind of owner of a role, for whether it is told, and for an owner."""

    kinds: np.ndarray  # a row for each feature of a role and one for the bias; a column for each kind
    told: np.ndarray
    owner: np.ndarray


@cache
def load_models() -> Models:
    with (
        files("models").joinpath(ENGLISH.models.role_places).open("rb") as file,
        np.load(file, allow_pickle=False) as stored,
    ):
        return Models(*(stored[name].astype(np.float32) for name in Models._fields))


@cache
def owner_weights() -> list[float]:
    weights: list[float] = load_models().owner.tolist()
    return weights


def guess_places(text: Text, clusters: Clusters, view: View | None) -> None:
    """Give each role without an organization, country or place the owner that the model finds likely, if any."""
    owners: Owners | None = None
    weights = owner_weights()
    for actor, role in open_roles(clusters):
        owners = owners or Owners(text, clusters, view)
        candidates = [
            owner for owner in owners.candidates(role) if not works_there_now(actor, role, owner.actor)
        ]
        if candidates:
            scores = [dot(weights, owners.features(actor, role, owner)) for owner in candidates]
            best = scores.index(max(scores))
            if scores[best] > LEAST_SCORE:
                _place(role, candidates[best])


def open_roles(clusters: Clusters) -> list[tuple[Actor, Role]]:
    """Return the roles of people that have no owner, with the people."""
    people = (actor for actor in clusters.actors if actor.kind == "person")
    found = [(actor, role) for actor in people for role in actor.roles if has_open_owner(role)]
    return [one for one in found if words_of_role(one[1].text)][:MOST_ROLES]


def _place(role: Role, owner: Owner) -> None:
    if owner.actor:
        role.context_organization = owner.actor
    elif owner.place:
        role.place, role.context_country = owner.place, owner.country_code
        role.country_from = "place" if owner.country_code else None
    else:
        role.context_country, role.country_from = owner.country_code, "context"


# ---- what owner a role usually has -------------------------------------------------------------------------


def describe_role(words: tuple[str, ...]) -> np.ndarray:
    """Return the features of the lower-case words of a role: hashed words, and the meaning of the last word."""
    hashed = np.zeros(BUCKETS, np.float32)
    hashed[crc32(f"noun {words[-1]}".encode()) % BUCKETS] += 1
    for word in words[:-1]:
        hashed[crc32(word.encode()) % BUCKETS] += 0.5
    return np.concatenate([hashed, meaning_of(words[-1].rsplit("-", 1)[-1]) * NOUN_WEIGHT])


@lru_cache(20_000)
def usual_owner(words: tuple[str, ...]) -> tuple[np.ndarray, float]:
    """Return the log probability of each kind of owner, and the score that such roles are written with an owner."""
    models, row = load_models(), np.append(describe_role(words), np.float32(1))
    return log_shares(row @ models.kinds), float(row @ models.told)


def log_shares(scores: np.ndarray) -> np.ndarray:
    """Turn the scores of independent logistic models into the logarithms of probabilities that add up to one."""
    likely = 1 / (1 + np.exp(-scores))
    shares: np.ndarray = np.log(likely / likely.sum())
    return shares


# ---- candidates and their features -------------------------------------------------------------------------


class Owners:
    """The organizations, countries and places of one article where roles may be held."""

    def __init__(self, text: Text, clusters: Clusters, view: View | None) -> None:
        self.text, self.clusters, self.view = text, clusters, view
        self.all = [*self._organizations(), *self._places(), *self._countries()]
        self.counts: Counter[str] = Counter()
        self.mentions: Counter[str] = Counter()
        for owner in self.all:
            self.counts[owner.level] += 1
            self.mentions[owner.level] += len(owner.words)

    def _organizations(self) -> list[Owner]:
        return [
            Owner(actor.org_type or "other", actor, None, actor.country_code or actor.context_country, _firsts(actor))
            for actor in self.clusters.actors
            if actor.kind == "organization" and actor.mentions
        ]  # fmt: skip

    def _places(self) -> list[Owner]:
        named: dict[str, list[int]] = defaultdict(list)
        for i, name in self.clusters.places.items():
            if i == name.first:
                named[name.text].append(i)
        return [
            Owner("region" if is_region(name) else "city", None, name, country_of_place(name), sorted(words))
            for name, words in named.items()
        ]

    def _countries(self) -> list[Owner]:
        named = {a.country_code: _firsts(a) for a in self.clusters.actors if a.kind == "country"}
        codes = set(named) | set(self.view.codes if self.view else ())
        return [
            Owner("country", None, None, code, named.get(code, [])) for code in sorted(filter(None, codes))
        ]

    @cached_property
    def people(self) -> dict[Actor, list[tuple[Actor, str]]]:
        """The people with a role at each organization, each with the last word of the role."""
        found: dict[Actor, list[tuple[Actor, str]]] = defaultdict(list)
        for actor in self.clusters.actors:
            for role in actor.roles:
                if role.organization and role.text:
                    found[role.organization].append((actor, (words_of_role(role.text) or ("",))[-1]))
        return found

    def candidates(self, role: Role) -> list[Owner]:
        """Return the owners that a role may have: for a mayor only places, for a minister no cities and companies."""
        if len(self.all) > MOST_OWNERS:
            return []
        words = words_of_role(role.text)
        if words[-1] in OF_PLACE:
            return [owner for owner in self.all if owner.level == "place"]
        if is_state_office([*words]):
            owners = (owner for owner in self.all if owner.kind != "city")
            return [one for one in owners if not one.actor or may_have_office(one.actor, words)]
        if any(
            word in parties_by_word() for word in words
        ):  # a 'Conservative candidate' is not of the Labour Party
            return [owner for owner in self.all if owner.kind != "party"]
        return self.all

    def features(self, actor: Actor, role: Role, owner: Owner) -> list[float]:
        """Return the features that show how likely a role of an actor is held at an owner, in a fixed order."""
        words, level = words_of_role(role.text), owner.level
        shares, told = usual_owner(words)
        is_state, code = is_state_office([*words]), actor.country_code or actor.context_country
        same_country = code is not None and owner.country_code == code
        of_place = words[-1] in OF_PLACE or words[-2:] in OF_REGION
        at = bisect_left(owner.words, role.word)
        before, after = owner.words[at - 1 : at] if at else [], owner.words[at : at + 1]
        sentences = self.text.sentences
        is_last = bool(before) and before[0] == self._last_before(role.word, level)
        colleagues = self.people.get(owner.actor, []) if owner.actor else []
        others = [noun for person, noun in colleagues if person is not actor]
        return [
            1.0,
            float(level == "organization"),
            float(level == "country"),
            float(level == "place"),
            float(shares[KINDS.index(owner.kind)]),
            told,
            1 / (1 + (role.word - before[0]) / 10) if before else 0.0,
            1 / (1 + (after[0] - role.word) / 10) if after else 0.0,
            float(any(sentences[word] == sentences[role.word] for word in (*before, *after))),
            float(is_last),
            float(bool(owner.words) and sentences[owner.words[0]] <= LEAD),
            float(self.counts[level] == 1),
            len(owner.words) / max(1, self.mentions[level]),
            float(same_country),
            float(code is not None and owner.country_code not in (None, code)),
            float(is_state and level == "country"),
            float(is_state and level == "country" and same_country),
            float(is_state and level == "country" and self.view is not None and owner.country_code == self.view.top),
            float(of_place and level == "place"),
            float(of_place and level == "place" and is_last),
            float(owner.kind == "media" and group_of(words[-1]) != "media"),
            float(owner.actor is not None and not set(owner.actor.words).isdisjoint(words[:-1])),
            float(any(lexicon.organization_nouns().get(word) == owner.kind for word in words[:-1])),
            float(bool(others)),
            float(words[-1] in others),
            float(len(others) < len(colleagues)),
        ]  # fmt: skip

    def _last_before(self, word: int, level: str) -> int:
        """Return the mention before a word that is nearest to it, of the owners of one level; -1 if there is none."""
        words = self._words[level]
        at = bisect_left(words, word)
        return words[at - 1] if at else -1

    @cached_property
    def _words(self) -> dict[str, list[int]]:
        """The mentions of all owners of each level."""
        found: dict[str, list[int]] = {"organization": [], "country": [], "place": []}
        for owner in self.all:
            found[owner.level] += owner.words
        return {level: sorted(words) for level, words in found.items()}


@cache
def parties_by_word() -> frozenset[str]:
    """Return the lower-case adjectives of parties, such as 'tory' and 'democratic'."""
    return frozenset(words[0].lower() for words in lexicon.party_adjectives() if len(words) == 1)


def _firsts(actor: Actor) -> list[int]:
    return sorted(mention.first for mention in actor.mentions if mention.kind == "name")
