"""Find pairs of statements that print one utterance, and group them into utterances.

Articles cut a quotation differently, paraphrase it, or repeat it in the second paragraph. Whether two statements
print one utterance depends on their words, speakers, days and kinds; a logistic regression decides (`docs/answers.md`
describes how it was trained and measured). An utterance is a connected component of such pairs, so neither the order
of files nor the size of batches changes it. Its id is the id of its first print.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log1p
from typing import NamedTuple

import numpy as np
import polars as pl

from transforms.articles.stories import connect
from transforms.extract.meanings import meanings_of
from transforms.statements.wordings import STEM, Wording, read_wording, weigh

DAYS = (
    30  # within which the same words are one utterance; later, they are a quotation from memory or a slogan
)
NEAR_DAYS = 3  # within which a paraphrase may print the same utterance
LEAST = 0.5  # a pair with at least this probability prints one utterance
LIGHTEST = 1.5  # weight of a text; lighter texts ("the company", "the rule of law") are common phrases
# Added to the weight of each word in a shared run or quotation, where even "the" is evidence.
LEAST_WEIGHT_QUOTED = 0.15
NAME_SHARE = 0.3  # names in a shared run count for this much of their weight

# One pair of statements that share words.
STATEMENT_PAIRS = pl.Schema(
    [
        ("statement_id", pl.String),
        ("other_id", pl.String),
        ("same_actor", pl.Boolean),  # whether both speakers are known and the same
        # Whether a single article has all statements in the words of either, by speaker and day.
        ("same_article", pl.Boolean),
        ("days", pl.Int32),  # between the two; 0 if a day is unknown
        ("one_is_direct", pl.Boolean),  # whether one is a quotation and the other is not
    ]
)


class Pair(NamedTuple):
    """What is known about two statements besides their words; see STATEMENT_PAIRS."""

    same_actor: bool
    same_article: bool
    days: int = 0
    one_is_direct: bool = False


class Features(NamedTuple):
    """Evidence on whether two statements print one utterance. Names say little: statements on one topic share them."""

    contained: float  # weight of the shared stems, names excepted, divided by the weight of the lighter text
    meaning: float  # how close the words of each text come to words of the other, by their vectors
    run: float  # logarithm of the weight of the heaviest run of shared words
    run_share: float  # weight of that run divided by the weight of the lighter text
    quoted: float  # logarithm of the weight of the heaviest quotation in one text that the other contains
    # Both have numbers, but no number in common. The weight is set by hand: few of the annotated pairs have this.
    other_numbers: float
    same_actor: float
    same_article: float  # statements of one article often share words without being one utterance
    told_and_quoted: float  # of one article, one is a quotation and the other is not
    days: float  # logarithm of the days between the two


WEIGHTS = Features(3.71, 4.31, 2.46, -1.58, 0.92, -4.0, 2.89, -2.44, 1.7, -1.12)
BIAS = -8.18


class Meanings:
    """The vectors of all words with a weight in some texts."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        words = [word for wording in wordings for word in wording.words if weigh(word)]
        self._rows = {word: row for row, word in enumerate(dict.fromkeys(words))}
        self._weights = np.array([weigh(word) for word in self._rows])
        self._vectors = meanings_of(list(self._rows))

    def compare(self, one: list[str], other: list[str]) -> float:
        """Return how close the words of each text come to words of the other, of the text that comes less close.

        How close a word comes is its largest cosine; the mean over the words of a text is weighted.
        """
        texts = [
            [row for word in dict.fromkeys(words) if (row := self._rows.get(word)) is not None]
            for words in (one, other)
        ]
        if not all(texts):
            return 0.0
        cosines = self._vectors[texts[0]] @ self._vectors[texts[1]].T
        weights = [self._weights[rows] for rows in texts]
        best = (cosines.max(axis=1), cosines.max(axis=0))
        return min(float(close @ weight / weight.sum()) for close, weight in zip(best, weights, strict=True))


def measure(one: Wording, other: Wording, pair: Pair, meanings: Meanings) -> Features:
    """Compute the features of two statements."""
    names = one.names | other.names
    run, lighter = _weigh_run(one.words, other.words, names)
    numbers = [{word for word in w.words if word.isdigit()} for w in (one, other)]
    return Features(
        contained=_weigh_shared(one, other, names),
        meaning=meanings.compare(one.words, other.words),
        run=log1p(run),
        run_share=run / lighter if lighter else 0.0,
        quoted=log1p(max(_weigh_quoted(one, other), _weigh_quoted(other, one))),
        other_numbers=float(bool(numbers[0] and numbers[1] and not numbers[0] & numbers[1])),
        same_actor=float(pair.same_actor),
        same_article=float(pair.same_article),
        told_and_quoted=float(pair.same_article and pair.one_is_direct),
        days=log1p(pair.days),
    )


def _weigh_shared(one: Wording, other: Wording, names: frozenset[str]) -> float:
    """Return the weight of the shared stems as a share of the lighter text, both without names."""
    common = sum(w for stem, w in one.stems.items() if stem in other.stems and stem not in names)
    lighter = min(sum(w for stem, w in text.stems.items() if stem not in names) for text in (one, other))
    return common / lighter if lighter else 0.0


def _weigh_run(one: list[str], other: list[str], names: frozenset[str]) -> tuple[float, float]:
    """Return the weight of the heaviest run of words that two texts share, and the weight of the lighter text."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(other):
        places.setdefault(word, []).append(place)
    weights = {word: _weigh_in_run(word, names) for word in {*one, *other}}
    heaviest, ending = 0.0, dict[int, float]()  # place in `other` -> weight of the common run that ends there
    for word in one:
        ending = {place: ending.get(place - 1, 0.0) + weights[word] for place in places.get(word, ())}
        heaviest = max(heaviest, *ending.values(), 0.0)
    return heaviest, min(sum(weights[word] for word in words) for words in (one, other))


def _weigh_in_run(word: str, names: frozenset[str]) -> float:
    share = NAME_SHARE if word[:STEM] in names else 1.0
    return share * weigh(word) + LEAST_WEIGHT_QUOTED


def _weigh_quoted(one: Wording, other: Wording) -> float:
    """Return the weight of the heaviest quotation in one text that the other contains word for word, or 0."""
    line = f" {' '.join(other.words)} "
    found = [words for words in one.quoted if f" {' '.join(words)} " in line]
    return max((sum(weigh(word) + LEAST_WEIGHT_QUOTED for word in words) for words in found), default=0.0)


def score(features: Features) -> float:
    """Return the probability that two statements print one utterance."""
    return 1 / (1 + exp(-BIAS - sum(w * x for w, x in zip(WEIGHTS, features, strict=True))))


def is_one_saying(one: Wording, other: Wording, pair: Pair, meanings: Meanings) -> bool:
    """Whether two statements print one utterance."""
    is_light = min(sum(one.stems.values()), sum(other.stems.values())) < LIGHTEST
    return not is_light and score(measure(one, other, pair, meanings)) >= LEAST


def pick_prints(pairs: pl.DataFrame, contents: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the pairs, of STATEMENT_PAIRS, that print one utterance; `contents` has the text of each statement."""
    wordings = {statement_id: read_wording(content) for statement_id, content in contents.items()}
    meanings = Meanings(wordings.values())
    return [
        (one, other)
        for one, other, *known in pairs.select(STATEMENT_PAIRS.names()).iter_rows()
        if is_one_saying(wordings[one], wordings[other], Pair(*known), meanings)
    ]


def join_prints(prints: pl.DataFrame, joined: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """Merge the utterances of pairs that print one utterance; return the new `utterance_id` of each `statement_id`.

    `prints` (`statement_id`, `article_id`, `seq_no`, `published_on`, `utterance_id`) must hold all prints of each
    utterance in it.
    """
    later = prints.filter(pl.col("statement_id") != pl.col("utterance_id"))
    groups = connect([*later.select("statement_id", "utterance_id").iter_rows(), *joined])
    order = ("published_on", "article_id", "seq_no")
    group = pl.col("statement_id").replace_strict(
        groups, default=pl.col("statement_id"), return_dtype=pl.String
    )
    first = pl.col("statement_id").sort_by(*order, nulls_last=True).first().over("group")
    return prints.with_columns(group=group).select("statement_id", utterance_id=first)
