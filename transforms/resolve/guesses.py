"""Guess the type of an organization if no word states it.

Takes a `Text` and its `Clusters` with roles; sets `org_type` of organizations that the seeds do not list. A linear
model over words and word vectors decides (`models/bodies.npz`, trained by `training/guesses.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple
from zlib import crc32

import numpy as np

from transforms.extract.meanings import WIDTH, meaning_of, meaning_of_phrase
from transforms.language import ENGLISH
from transforms.resolve import lexicon
from transforms.resolve.accents import without_accents
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters, organization_type
from transforms.resolve.model import Actor, Mention
from transforms.resolve.topics import TOPICS, topic_level
from transforms.resolve.word_lists import SMALL_WORDS

BUCKETS = 8192  # hash buckets for words
SENSE_WEIGHT = np.float32(0.55)  # weight of a name's word vectors relative to its words and context
AROUND_WEIGHT = np.float32(0.5)  # weight of the vectors of the words around a name
REACH = 5  # words before and after a name whose vectors are read
MOST_MENTIONS = 6  # mentions of an actor whose context is read
KINDS_OF_NAMES = ("telling", "acronym", "plain")  # telling names say what the organization is


class Models(NamedTuple):
    """Weights of the two models; `types` names the columns of the type weights."""

    types: tuple[str, ...]
    type_weights: np.ndarray  # a row for each bucket
    sense_weights: np.ndarray  # a row for each component of `senses`
    around_weights: np.ndarray  # a row for each component of `around`
    type_bias: np.ndarray
    country_weights: np.ndarray

    def likeliest_types(
        self, buckets: Sequence[Sequence[int]], names: Sequence[str], contexts: Sequence[np.ndarray]
    ) -> list[str]:
        """Return the type with the highest score for each organization; `contexts` are what `around` returns."""
        counts = np.array([len(own) for own in buckets])
        sums = np.add.reduceat(self.type_weights[[*chain.from_iterable(buckets)]], counts.cumsum() - counts)
        scores = sums / np.sqrt(counts)[:, None]
        scores += np.array([senses(name) for name in names]) @ self.sense_weights
        scores += np.array(contexts) @ self.around_weights
        scores += self.type_bias
        return [self.types[i] for i in scores.argmax(1).tolist()]


@cache
def load_models() -> Models:
    with (
        files("models").joinpath(ENGLISH.models.bodies).open("rb") as file,
        np.load(file, allow_pickle=False) as stored,
    ):
        return Models(
            tuple(stored["types"].tolist()),
            stored["type_weights"].astype(np.float32) * stored["type_scale"],
            stored["sense_weights"].astype(np.float32),
            stored["around_weights"].astype(np.float32),
            stored["type_bias"],
            stored["country_weights"],
        )


@cache
def country_weights() -> list[float]:
    weights: list[float] = load_models().country_weights.tolist()
    return weights


def guess_types(text: Text, clusters: Clusters) -> None:
    """Give organizations that the seeds do not list their most likely type."""
    colleagues = _people_by_body(clusters)
    bodies = [
        body
        for body in clusters.actors
        if body.kind == "organization"
        and not is_typed(body)
        and body.mentions
        and not body.is_stated
        and not ends_in_type(body.name)
    ]
    if not bodies:
        return
    buckets = [type_buckets(text, body, colleagues.get(body, ())) for body in bodies]
    contexts = [around(text, body) for body in bodies]
    guesses = load_models().likeliest_types(buckets, [body.name for body in bodies], contexts)
    for body, guessed in zip(bodies, guesses, strict=True):
        body.is_guessed = guessed != body.org_type
        body.org_type = guessed


def ends_in_type(name: str) -> bool:
    """Whether the last word of an organization's name determines its type: 'Dorne High Court'. Police: any word."""
    last = lexicon.split_words(name)[-1].lower()
    known = lexicon.organization_words().get(last)
    return known in ("court", "police", "military", "education") or organization_type(name) == "police"


def is_typed(body: Actor) -> bool:
    """Whether the seeds list the organization. If they do, they also give its type."""
    known = lexicon.known_names().get(body.name)
    return known is not None and known.kind == "organization"


def type_buckets(text: Text, body: Actor, people: Iterable[Actor]) -> list[int]:
    """Return hashed features for the type of an organization: its words, the words around it, its people's roles."""
    return _hashed([*_name_features(text, body), *_context_features(text, body, people)])


def context_buckets(text: Text, body: Actor, people: Iterable[Actor]) -> list[int]:
    """Return the hashed features that do not depend on the organization's name."""
    return _hashed(_context_features(text, body, people))


def _hashed(features: Iterable[str]) -> list[int]:
    return [crc32(feature.encode()) % BUCKETS for feature in sorted(set(features))]


def around(text: Text, body: Actor) -> np.ndarray:
    """Return the mean vector of the words in small letters around an organization's name, scaled; zeros if none."""
    words: list[str] = []
    for mention in body.mentions[:MOST_MENTIONS]:
        near = text.words[max(0, mention.first - REACH) : mention.first]
        near += text.words[mention.last : mention.last + REACH]
        words += [word for word in near if word.islower() and word.isalpha() and word not in SMALL_WORDS]
    if not words:
        return np.zeros(WIDTH, np.float32)
    return meaning_of_phrase(words) * AROUND_WEIGHT


def _name_features(text: Text, body: Actor) -> Iterator[str]:
    words = [without_accents(word).lower() for word in lexicon.split_words(body.name)]
    yield f"told {body.org_type}"
    yield f"suggested {organization_type(body.name) if _has_type_word(words) else None}"
    yield f"length {min(len(words), 4)}"
    yield f"first {words[0]}"
    yield f"last {words[-1]}"
    yield f"ending {words[-1][-3:]}"
    yield f"shape {body.name.isupper()} {len(words) == 1}"
    for word in words:
        yield f"word {word}"
        yield f"ends {word[-4:]}"
    for word in {*body.acronyms, *(m for m in _forms(text, body))}:
        yield f"form {word.lower()}"


def _context_features(text: Text, body: Actor, people: Iterable[Actor]) -> Iterator[str]:
    words = [without_accents(word).lower() for word in lexicon.split_words(body.name)]
    yield "any"
    yield from _topics(text)[
        "telling" if _has_type_word(words) else "acronym" if body.name.isupper() else "plain"
    ]
    for person in people:
        for role in person.roles:
            if role.organization is body and role.text:
                for word in role.text.lower().split():
                    yield f"role {word}"
    for mention in body.mentions[:MOST_MENTIONS]:
        yield from _surroundings(text, mention)


@lru_cache(20_000)
def senses(name: str) -> np.ndarray:
    """Return two word vectors of a name, concatenated: the sum over its words, and the vector of its last word."""
    words = lexicon.split_words(name)
    return np.concatenate([meaning_of_phrase(words), meaning_of(words[-1])]) * SENSE_WEIGHT


def _has_type_word(words: Iterable[str]) -> bool:
    return any(word.rstrip(".") in lexicon.organization_words() for word in words)


@lru_cache(1)
def _topics(text: Text) -> dict[str, list[str]]:
    """Return, for each kind of name, features that say how much the article uses the words of each topic."""
    topics = [f"topic {topic} {topic_level(text, topic)}" for topic in TOPICS]
    return {kind: [*topics, *(f"{topic} {kind}" for topic in topics)] for kind in KINDS_OF_NAMES}


def _forms(text: Text, body: Actor) -> set[str]:
    return {word for m in body.mentions if m.kind == "name" for word in text.words[m.first : m.last]}


def _surroundings(text: Text, mention: Mention) -> Iterator[str]:
    first, last = mention.first, mention.last
    for distance in (1, 2, 3):
        if first >= distance:
            yield f"before {text.lower[first - distance]}"
        if last + distance <= text.size:
            yield f"after {text.lower[last + distance - 1]}"
    if first:
        yield f"just before {text.lower[first - 1]}"
    if last < text.size:
        yield f"just after {text.lower[last]}"


def _people_by_body(clusters: Clusters) -> dict[Actor, list[Actor]]:
    people: dict[Actor, dict[Actor, None]] = defaultdict(dict)
    for actor in clusters.actors:
        for role in actor.roles:
            if role.organization:
                people[role.organization][actor] = None
    return {body: list(having) for body, having in people.items()}
