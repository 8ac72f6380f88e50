"""Pairs of statements -> those that print one saying; what holds together through them -> utterances.

A quotation is cut differently here and there, paraphrased elsewhere, and told again in the second paragraph. Whether
two statements print one saying depends on their words, their speakers and their days alone, by a logistic regression
(`docs/answers.md` says how it was learnt and measured). An utterance is what is joined by such pairs, directly or
through others: so neither the order of files nor the size of batches can change one. Its id is that of its first print.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log1p
from typing import NamedTuple

import polars as pl

from transforms.articles.stories import connect
from transforms.statements.wordings import Wording, read_wording, weigh

DAYS = 30  # within which the same words are one saying; later they are a quotation from memory, or a slogan
NEAR_DAYS = 3  # within which a paraphrase may be of it
LEAST = 0.5  # probability
LIGHTEST = 1.5  # weight of a text; "the company" and "the rule of law" are said again and again
LEAST_WEIGHT_QUOTED = 0.15  # of a word in a row of common words; even "the" was said

# One pair that has words in common.
STATEMENT_PAIRS = pl.Schema(
    [
        ("statement_id", pl.String),
        ("other_id", pl.String),
        ("other_actor", pl.Boolean),  # both are actors, and not the same one
        ("same_actor", pl.Boolean),
        ("same_article", pl.Boolean),  # no other one has the words of either, of that speaker and day
    ]
)


class Features(NamedTuple):
    """What speaks for and against one saying."""

    contained: float  # weight of the common stems, as a part of the text with less of it
    shared: float  # logarithm of that weight
    run: float  # logarithm of the weight of the heaviest run of words that both have
    quoted: float  # logarithm of the weight of words that one has in quotation marks, and the other one has
    shorter: float  # logarithm of the weight of the lighter text
    ratio: float  # of that weight to the weight of the other one
    other_numbers: (
        float  # each has a number, and none is common; set by hand: of 281 pairs four have it, none is one
    )
    other_actor: float
    same_actor: float
    same_article: float  # where statements have words in common without being one saying


WEIGHTS = Features(4.01, 2.82, 1.27, 1.42, -1.51, 3.12, -4.0, 1.31, 5.64, -0.69)
BIAS = -11.64


def measure(
    one: Wording, other: Wording, other_actor: bool, same_actor: bool, same_article: bool
) -> Features:
    """The features of two statements."""
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
    """The weight of the heaviest run of words that two texts have in common."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(other):
        places.setdefault(word, []).append(place)
    heaviest, ending = 0.0, dict[int, float]()  # the weight of the common run that ends at a place of `other`
    for word in one:
        weight = weigh(word) + LEAST_WEIGHT_QUOTED
        ending = {place: ending.get(place - 1, 0.0) + weight for place in places.get(word, ())}
        heaviest = max(heaviest, *ending.values(), 0.0)
    return heaviest


def _weigh_quoted(one: Wording, other: Wording) -> float:
    """The weight of the heaviest quotation within one text that the other one has word for word; 0 without any."""
    line = f" {' '.join(other.words)} "
    found = [words for words in one.quoted if f" {' '.join(words)} " in line]
    return max((sum(weigh(word) + LEAST_WEIGHT_QUOTED for word in words) for words in found), default=0.0)


def score(features: Features) -> float:
    """The probability that both print one saying."""
    return 1 / (1 + exp(-BIAS - sum(w * x for w, x in zip(WEIGHTS, features, strict=True))))


def is_one_saying(
    one: Wording, other: Wording, other_actor: bool, same_actor: bool, same_article: bool
) -> bool:
    """Whether two statements print one saying."""
    is_light = min(sum(one.stems.values()), sum(other.stems.values())) < LIGHTEST
    return not is_light and score(measure(one, other, other_actor, same_actor, same_article)) >= LEAST


def pick_prints(pairs: pl.DataFrame, contents: Mapping[str, str]) -> list[tuple[str, str]]:
    """Those of STATEMENT_PAIRS that print one saying; `contents` has the words of each statement."""
    wordings = {statement_id: read_wording(content) for statement_id, content in contents.items()}
    return [
        (one, other)
        for one, other, *told in pairs.select(STATEMENT_PAIRS.names()).iter_rows()
        if is_one_saying(wordings[one], wordings[other], *told)
    ]


def join_prints(prints: pl.DataFrame, joined: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """Statements with their utterances so far, and pairs that print one saying -> `statement_id`, `utterance_id`.

    `prints` (`statement_id`, `article_id`, `seq_no`, `published_on`, `utterance_id`) holds all prints of each utterance
    that occurs in it.
    """
    told = prints.filter(pl.col("statement_id") != pl.col("utterance_id"))
    groups = connect([*told.select("statement_id", "utterance_id").iter_rows(), *joined])
    order = ("published_on", "article_id", "seq_no")
    group = pl.col("statement_id").replace_strict(
        groups, default=pl.col("statement_id"), return_dtype=pl.String
    )
    first = pl.col("statement_id").sort_by(*order, nulls_last=True).first().over("group")
    return prints.with_columns(group=group).select("statement_id", utterance_id=first)
