"""Find pairs of statements that print one utterance, and group them into utterances.

Articles cut a quotation differently, paraphrase it, or repeat it in the second paragraph. Whether two statements
print one utterance depends only on their words, speakers and days; a logistic regression decides (`docs/answers.md`
describes how it was trained and measured). An utterance is a connected component of such pairs, so neither the order
of files nor the size of batches changes it. Its id is the id of its first print.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log1p
from typing import NamedTuple

import polars as pl

from transforms.articles.stories import connect
from transforms.statements.wordings import Wording, read_wording, weigh

DAYS = (
    30  # within which the same words are one utterance; later, they are a quotation from memory or a slogan
)
NEAR_DAYS = 3  # within which a paraphrase may print the same utterance
LEAST = 0.5  # a pair with at least this probability prints one utterance
LIGHTEST = 1.5  # weight of a text; lighter texts ("the company", "the rule of law") are common phrases
# Added to the weight of each word in a shared run or quotation, where even "the" is evidence.
LEAST_WEIGHT_QUOTED = 0.15

# One pair of statements that share words.
STATEMENT_PAIRS = pl.Schema(
    [
        ("statement_id", pl.String),
        ("other_id", pl.String),
        ("other_actor", pl.Boolean),  # whether both speakers are known and different
        ("same_actor", pl.Boolean),
        # Whether a single article has all statements in the words of either, by speaker and day.
        ("same_article", pl.Boolean),
    ]
)


class Features(NamedTuple):
    """Evidence on whether two statements print one utterance."""

    contained: float  # weight of the shared stems divided by the weight of the lighter text
    shared: float  # logarithm of the weight of the shared stems
    run: float  # logarithm of the weight of the heaviest run of shared words
    quoted: float  # logarithm of the weight of the heaviest quotation in one text that the other contains
    shorter: float  # logarithm of the weight of the lighter text
    ratio: float  # weight of the lighter text divided by the weight of the heavier text
    # Both have numbers, but no number in common. The weight is set by hand: only 4 of 281 pairs have this.
    other_numbers: float
    other_actor: float
    same_actor: float
    same_article: float  # statements of one article often share words without being one utterance


WEIGHTS = Features(4.01, 2.82, 1.27, 1.42, -1.51, 3.12, -4.0, 1.31, 5.64, -0.69)
BIAS = -11.64


def measure(
    one: Wording, other: Wording, other_actor: bool, same_actor: bool, same_article: bool
) -> Features:
    """Compute the features of two statements."""
    common = sum(weight for stem, weight in one.stems.items() if stem in other.stems)
    shorter, longer = sorted((sum(one.stems.values()), sum(other.stems.values())))
    numbers = [{word for word in w.words if word.isdigit()} for w in (one, other)]
    return Features(
        contained=common / shorter if shorter else 0.0,
        shared=log1p(common),
        run=log1p(_weigh_run(one.words, other.words)),
        quoted=log1p(max(_weigh_quoted(one, other), _weigh_quoted(other, one))),
        shorter=log1p(shorter),
        ratio=shorter / longer if longer else 0.0,
        other_numbers=float(bool(numbers[0] and numbers[1] and not numbers[0] & numbers[1])),
        other_actor=float(other_actor),
        same_actor=float(same_actor),
        same_article=float(same_article),
    )


def _weigh_run(one: list[str], other: list[str]) -> float:
    """Return the weight of the heaviest run of words that two texts share."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(other):
        places.setdefault(word, []).append(place)
    heaviest, ending = 0.0, dict[int, float]()  # place in `other` -> weight of the common run that ends there
    for word in one:
        weight = weigh(word) + LEAST_WEIGHT_QUOTED
        ending = {place: ending.get(place - 1, 0.0) + weight for place in places.get(word, ())}
        heaviest = max(heaviest, *ending.values(), 0.0)
    return heaviest


def _weigh_quoted(one: Wording, other: Wording) -> float:
    """Return the weight of the heaviest quotation in one text that the other contains word for word, or 0."""
    line = f" {' '.join(other.words)} "
    found = [words for words in one.quoted if f" {' '.join(words)} " in line]
    return max((sum(weigh(word) + LEAST_WEIGHT_QUOTED for word in words) for words in found), default=0.0)


def score(features: Features) -> float:
    """Return the probability that two statements print one utterance."""
    return 1 / (1 + exp(-BIAS - sum(w * x for w, x in zip(WEIGHTS, features, strict=True))))


def is_one_saying(
    one: Wording, other: Wording, other_actor: bool, same_actor: bool, same_article: bool
) -> bool:
    """Whether two statements print one utterance."""
    is_light = min(sum(one.stems.values()), sum(other.stems.values())) < LIGHTEST
    return not is_light and score(measure(one, other, other_actor, same_actor, same_article)) >= LEAST


def pick_prints(pairs: pl.DataFrame, contents: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the pairs, of STATEMENT_PAIRS, that print one utterance; `contents` has the text of each statement."""
    wordings = {statement_id: read_wording(content) for statement_id, content in contents.items()}
    return [
        (one, other)
        for one, other, *flags in pairs.select(STATEMENT_PAIRS.names()).iter_rows()
        if is_one_saying(wordings[one], wordings[other], *flags)
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
