"""Find roles next to a name that no rule recognizes, with a small logistic model.

Candidates are noun phrases that have an unknown noun or do not end as appositions do: "figure skating icon Ann Roe",
"Ann Roe, a former naval liaison whose book...", "Ann Roe has been the top Democrat". The model
(`models/descriptions.npz`, trained by `training/descriptions.py`) decides which phrases describe the person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

import numpy as np

from transforms.extract.meanings import meaning_of
from transforms.language import ENGLISH
from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Mention
from transforms.resolve.owners import Held, held_at, make_role
from transforms.resolve.role_phrases import (
    ADVERBS,
    LONGEST,
    NO_MODIFIERS,
    Phrase,
    closer,
    read_from_noun,
)
from transforms.resolve.role_words import load_linear, sense_of_role
from transforms.resolve.roles_after import is_title_of_another, skip_age, skip_brackets
from transforms.resolve.word_lists import CALLED, DETERMINERS, FINITE, POSSESSIVES, SPEAKS

BUCKETS = 1024  # number of hashed features
MODIFIERS = 4  # words before the noun of a title: 'the long-serving figure skating icon Ann Roe'
SHORTEST = 3  # letters of the shortest noun
OPENS = frozenset(", ( [ – — - --".split())  # opens an apposition after a name
COPULAS = frozenset("is was became becomes remains been".split())
BEFORE_COPULA = ADVERBS | frozenset(", who has had himself herself".split())
FARTHEST_COPULA = 6  # words between the name and the copula
NO_NOUNS = NO_MODIFIERS | SPEAKS | FINITE | ADVERBS | DETERMINERS | CALLED | {"and", "or"}
NO_PART = NO_NOUNS - {"and"}  # words that end a phrase


class Candidate(NamedTuple):
    """A phrase that may describe a person. It begins at word `first`, and its noun is word `noun`.

    `pattern` says where the phrase is: title or comma (before the name), apposition or copula (after the name).
    """

    pattern: str
    first: int
    noun: int
    phrase: Phrase


def find_candidates(
    text: Text, clusters: Clusters, mention: Mention, start: int, *, is_free_before: bool, is_free_after: bool
) -> list[Candidate]:
    """Return the phrases before and after a name that may describe the person, on each side that is free.

    A side is free if no rule found a role there. `start` is the first word of the name or of the title before it.
    """
    found = [
        _before(text, clusters, mention, start) if is_free_before else None,
        _after(text, clusters, mention) if is_free_after else None,
    ]
    return [candidate for candidate in found if candidate]


def is_likely(text: Text, mention: Mention, candidate: Candidate) -> bool:
    """Whether the model decides that a phrase describes the person of the mention."""
    weights, bias = load_linear(ENGLISH.models.descriptions)
    return float(describe(text, candidate) @ weights) + bias > 0


# ---- candidates --------------------------------------------------------------------------------------------


def _before(text: Text, clusters: Clusters, mention: Mention, start: int) -> Candidate | None:
    """Return the noun phrase that ends right before a name, or before the comma in front of the name."""
    pattern = "comma" if start > 1 and text.words[start - 1] == "," else "title"
    noun = start - (2 if pattern == "comma" else 1)
    if noun < 0 or not _may_be_noun(text, clusters, noun):
        return None
    if text.paragraphs[noun] != text.paragraphs[mention.first]:
        return None
    first = noun
    while (
        first
        and noun - first < MODIFIERS
        and (_may_modify(text, clusters, first - 1, noun) or _is_title(text, clusters, first - 1, noun))
    ):
        first -= 1
    owner = _owner_before(text, clusters, first - 1)
    if owner is None and not (first and text.lower[first - 1] in DETERMINERS):
        while first < noun and text.words[first].endswith(("s", "ed")):  # a verb, such as "explains"
            first += 1
    role = make_role(text.slice(first, noun + 1), [owner] if owner else [])
    return Candidate(pattern, first, noun, Phrase([role], noun + 1))


def _may_modify(text: Text, clusters: Clusters, i: int, noun: int) -> bool:
    word = text.words[i]
    plain = word.islower() and word.replace("-", "").isalpha() and word not in NO_NOUNS
    return (
        plain
        and i not in clusters.at
        and i not in clusters.places
        and text.sentences[i] == text.sentences[noun]
    )


def _is_title(text: Text, clusters: Clusters, i: int, noun: int) -> bool:
    """Whether word i belongs to a title in capitals: 'Finance' in 'Finance Minister, Ann Roe'."""
    is_capital = text.words[i][0].isupper() and text.words[noun][0].isupper()
    return (
        is_capital
        and text.lower[i] in lexicon.title_words()
        and i not in clusters.at
        and i not in clusters.places
    )


def _may_be_noun(text: Text, clusters: Clusters, i: int) -> bool:
    return len(text.words[i]) >= SHORTEST and (
        _may_modify(text, clusters, i, i) or (is_role(text.lower[i]) and i not in clusters.at)
    )


def _owner_before(text: Text, clusters: Clusters, i: int) -> Held | None:
    """Return the organization, country or place whose name, with or without a possessive, ends at word i."""
    if i > 0 and text.lower[i] in POSSESSIVES:
        i -= 1
    name = clusters.at.get(i) or clusters.places.get(i)
    owner = held_at(clusters, name.first) if name else None
    return None if owner and owner.actor and owner.actor.kind == "person" else owner


def _after(text: Text, clusters: Clusters, mention: Mention) -> Candidate | None:
    """Return the noun phrase after a name: in an apposition (', a farmer') or after a verb ('is' or 'who has been')."""
    i = skip_age(text, skip_brackets(text, mention.last))
    limit = min(i + FARTHEST_COPULA, text.size - 1)
    pattern = "copula"
    if i < limit and text.lower[i] in OPENS and text.lower[i + 1] not in ("who", "and", "or"):
        pattern = "apposition"
    else:
        while i < limit and text.lower[i] in BEFORE_COPULA:
            i += 1
        if i >= limit or text.lower[i] not in COPULAS:
            return None
    found = _find_loose_noun(text, clusters, i + 1)
    if found is None or text.paragraphs[i + 1] != text.paragraphs[mention.first]:
        return None
    noun, start, owner = found
    phrase = read_from_noun(text, clusters, i + 1, start, noun, owner)
    return None if is_title_of_another(clusters, phrase) else Candidate(pattern, i + 1, noun, phrase)


def _find_loose_noun(text: Text, clusters: Clusters, first: int) -> tuple[int, int, Held | None] | None:
    """Find the noun of the phrase that begins at word `first`: its first listed role, else its last word.

    Returns the noun, the first word of the role, and the owner in the phrase ("Acme's"), if any; None without a noun.
    """
    i = first
    while i < text.size and (text.lower[i] in DETERMINERS or text.lower[i] in ADVERBS):
        i += 1
    start, owner, end = i, None, min(i + LONGEST, text.size)
    while i < end and text.paragraphs[i] == text.paragraphs[first]:
        name = held_at(clusters, i)
        if name:
            is_person = name.actor is not None and name.actor.kind == "person"
            if is_person and not (name.end < end and text.lower[name.end] in POSSESSIVES):
                return None
            owner = owner if is_person else closer(owner, name)
            start = i = name.end
        elif text.lower[i] in POSSESSIVES:
            start = i = i + 1
        elif is_role(text.lower[i]) and i not in clusters.at:
            return i, start, owner
        elif text.words[i][0].isalnum() and i not in clusters.at and text.lower[i] not in NO_PART:
            i += 1
        else:
            break
    return (i - 1, start, owner) if i > start and _may_be_noun(text, clusters, i - 1) else None


# ---- the model ---------------------------------------------------------------------------------------------


def describe(text: Text, candidate: Candidate) -> np.ndarray:
    """Return the features of a candidate: the counts of its hashed features, followed by the vector of its noun."""
    hashed = np.zeros(BUCKETS, np.float32)
    for feature in _features(text, candidate):
        hashed[crc32(feature.encode()) % BUCKETS] += 1
    return np.concatenate([hashed, meaning_of(text.lower[candidate.noun])])


def _features(text: Text, candidate: Candidate) -> Iterator[str]:
    pattern, first, noun, phrase = candidate
    word, role = text.lower[noun], phrase.roles[0]
    before = text.lower[first - 1] if first else ""
    after = text.lower[phrase.end] if phrase.end < text.size else ""
    opener = before if pattern in ("title", "comma") else text.lower[first]
    sense = round(min(max(sense_of_role(word), -4.0), 2.0))
    held = (
        "body" if role.organization else "country" if role.country_code else "place" if role.place else "none"
    )
    yield pattern
    yield f"sense {sense}"
    yield f"{pattern} sense {sense}"
    yield f"noun {word}"
    yield f"ending {word[-2:]}"
    yield f"ending {word[-3:]}"
    yield f"plural {word.endswith('s') and not word.endswith('ss')}"
    yield f"participle {word.endswith(('ed', 'ing'))}"
    yield f"{pattern} listed {is_role(word)}"
    yield f"{pattern} opener {opener if opener in DETERMINERS or opener in ADVERBS else '-'}"
    yield f"{pattern} before {before}"
    yield f"{pattern} after {after}"
    yield f"listed {is_role(word)} after {after}"
    yield f"{pattern} held {held}"
    yield f"{pattern} capital {text.words[noun][0].isupper()}"
    yield f"length {min(noun - first, 5)}"
