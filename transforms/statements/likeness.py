"""Compare the words and meanings of two texts; what depends on only one text is computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from transforms.extract.meanings import meanings_of
from transforms.statements.wordings import STEM, Wording, read_wording, weigh

# Added to the weight of each word in a shared run or quotation, where even "the" is evidence.
LEAST_WEIGHT_QUOTED = 0.15
NAME_SHARE = 0.3  # names in a shared run count with this share of their weight


class Shared(NamedTuple):
    """What two texts have in common, by their words."""

    contained: float  # weight of the shared stems, names excepted, divided by the weight of the lighter text
    run: float  # weight of the heaviest run of shared words
    run_share: float  # weight of this run divided by the weight of the lighter text
    quoted: float  # weight of the heaviest quotation in one text that the other contains
    other_numbers: bool  # whether both have numbers, but no number in common


@dataclass(frozen=True, slots=True)
class Text:
    """A text with the data that is needed to compare it with other texts."""

    wording: Wording
    weight: float  # weight of its stems, each counted once
    run_weight: float  # weight of the run of all its words
    stem_weights: dict[str, float]  # stem -> weight of all words with this stem
    places: dict[str, list[int]]  # word -> its places
    numbers: frozenset[str]
    rows: list[int]  # rows of its words in `Texts.vectors`
    row_weights: np.ndarray


class Texts(dict[str, Text]):
    """Texts by id, with the vectors of all their words that have a weight. Two texts are compared only once."""

    def __init__(self, contents: Mapping[str, str]) -> None:
        self._shared: dict[tuple[str, str], Shared] = {}
        self._likeness: dict[tuple[str, str], tuple[float, float]] = {}
        wordings = {key: read_wording(content) for key, content in contents.items()}
        words = (word for wording in wordings.values() for word in wording.words if weigh(word))
        rows = {word: row for row, word in enumerate(dict.fromkeys(words))}
        weights = np.array([weigh(word) for word in rows])
        self.vectors = meanings_of(list(rows))
        super().__init__((key, _read_text(wording, rows, weights)) for key, wording in wordings.items())

    def compare_words(self, ids: tuple[str, str]) -> Shared:
        """Return what the words of two texts have in common."""
        if ids not in self._shared:
            self._shared[ids] = _compare_words(self[ids[0]], self[ids[1]])
        return self._shared[ids]

    def compare_meanings(self, ids: tuple[str, str]) -> tuple[float, float]:
        """Return how similar in meaning each of two texts is to the other, from 0 to 1.

        The similarity of a word is its largest cosine with a word of the other text. The similarity of a text is the
        weighted mean over its words.
        """
        if ids not in self._likeness:
            self._likeness[ids] = self._compare_meanings(self[ids[0]], self[ids[1]])
        return self._likeness[ids]

    def _compare_meanings(self, one: Text, other: Text) -> tuple[float, float]:
        if not (one.rows and other.rows):
            return 0.0, 0.0
        cosines = self.vectors[one.rows] @ self.vectors[other.rows].T
        means = cosines.max(axis=1) @ one.row_weights, cosines.max(axis=0) @ other.row_weights
        first, second = (float(min(max(mean, 0.0), 1.0)) for mean in means)
        return first, second


def _compare_words(one: Text, other: Text) -> Shared:
    names = one.wording.names | other.wording.names
    run, run_share = _weigh_run(one, other, names)
    return Shared(
        contained=_weigh_shared(one, other, names),
        run=run,
        run_share=run_share,
        quoted=max(_weigh_quoted(one, other), _weigh_quoted(other, one)),
        other_numbers=bool(one.numbers and other.numbers and not one.numbers & other.numbers),
    )


def _read_text(wording: Wording, rows: Mapping[str, int], weights: np.ndarray) -> Text:
    places: dict[str, list[int]] = {}
    stem_weights: dict[str, float] = {}
    for place, word in enumerate(wording.words):
        places.setdefault(word, []).append(place)
        stem_weights[word[:STEM]] = stem_weights.get(word[:STEM], 0.0) + weigh(word)
    own = [rows[word] for word in places if word in rows]
    return Text(
        wording,
        sum(wording.stems.values()),
        sum(stem_weights.values()) + LEAST_WEIGHT_QUOTED * len(wording.words),
        stem_weights,
        places,
        frozenset(word for word in places if word.isdigit()),
        own,
        weights[own] / weights[own].sum() if own else np.zeros(0),
    )


def _weigh_shared(one: Text, other: Text, names: frozenset[str]) -> float:
    """Return the weight of the shared stems divided by the weight of the lighter text; `names` have no weight."""
    stems, others = one.wording.stems, other.wording.stems
    common = sum(weight for stem, weight in stems.items() if stem in others and stem not in names)
    lighter = min(
        text.weight - sum(text.wording.stems.get(name, 0.0) for name in names) for text in (one, other)
    )
    return common / lighter if common else 0.0


def _weigh_run(one: Text, other: Text, names: frozenset[str]) -> tuple[float, float]:
    """Return the weight of the heaviest run of shared words, and this weight divided by that of the lighter text."""
    heaviest, ending = 0.0, dict[int, float]()  # place in `other` -> weight of the common run that ends there
    for word in one.wording.words:
        places = other.places.get(word)
        if places is None:
            ending = {}
            continue
        weight = weigh(word) * (NAME_SHARE if word[:STEM] in names else 1.0) + LEAST_WEIGHT_QUOTED
        ending = {place: ending.get(place - 1, 0.0) + weight for place in places}
        heaviest = max(heaviest, *ending.values())
    lighter = min(
        text.run_weight - (1 - NAME_SHARE) * sum(text.stem_weights.get(name, 0.0) for name in names)
        for text in (one, other)
    )
    return heaviest, heaviest / lighter if lighter > 0 else 0.0


def _weigh_quoted(one: Text, other: Text) -> float:
    """Return the weight of the heaviest quotation in one text that the other contains word for word, or 0."""
    if not one.wording.quoted:
        return 0.0
    line = f" {' '.join(other.wording.words)} "
    found = [words for words in one.wording.quoted if f" {' '.join(words)} " in line]
    return max((sum(weigh(word) + LEAST_WEIGHT_QUOTED for word in words) for words in found), default=0.0)
