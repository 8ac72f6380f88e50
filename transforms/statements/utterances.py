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

import polars as pl

from transforms.articles.stories import connect
from transforms.statements.likeness import Texts, weigh_quoted, weigh_run, weigh_shared

DAYS = (
    30  # within which the same words are one utterance; later, they are a quotation from memory or a slogan
)
NEAR_DAYS = 3  # within which a paraphrase may print the same utterance
LEAST = 0.5  # a pair with at least this probability prints one utterance
LIGHTEST = 1.5  # weight of a text; lighter texts ("the company", "the rule of law") are common phrases

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


def measure(texts: Texts, ids: tuple[str, str], pair: Pair, meaning: float | None = None) -> Features:
    """Compute the features of two statements; `meaning` is taken as given, unless it is None."""
    one, other = texts[ids[0]], texts[ids[1]]
    names = one.wording.names | other.wording.names
    run, run_share = weigh_run(one, other, names)
    return Features(
        contained=weigh_shared(one, other, names),
        meaning=texts.compare_meanings(one, other) if meaning is None else meaning,
        run=log1p(run),
        run_share=run_share,
        quoted=log1p(max(weigh_quoted(one, other), weigh_quoted(other, one))),
        other_numbers=float(bool(one.numbers and other.numbers and not one.numbers & other.numbers)),
        same_actor=float(pair.same_actor),
        same_article=float(pair.same_article),
        told_and_quoted=float(pair.same_article and pair.one_is_direct),
        days=log1p(pair.days),
    )


def score(features: Features) -> float:
    """Return the probability that two statements print one utterance."""
    return 1 / (1 + exp(-BIAS - sum(w * x for w, x in zip(WEIGHTS, features, strict=True))))


def is_one_utterance(texts: Texts, ids: tuple[str, str], pair: Pair) -> bool:
    """Whether two statements, whose `ids` are in `texts`, print one utterance."""
    one, other = texts[ids[0]], texts[ids[1]]
    if min(one.weight, other.weight) < LIGHTEST:
        return False
    features = measure(texts, ids, pair, meaning=0.0)
    if score(features) >= LEAST:
        return True
    if (
        score(features._replace(meaning=1.0)) < LEAST
    ):  # most pairs; meanings cost more than all other features
        return False
    return score(features._replace(meaning=texts.compare_meanings(one, other))) >= LEAST


def pick_prints(pairs: pl.DataFrame, contents: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the pairs, of STATEMENT_PAIRS, that print one utterance; `contents` has the text of each statement."""
    texts = Texts(contents)
    return [
        (one, other)
        for one, other, *known in pairs.select(STATEMENT_PAIRS.names()).iter_rows()
        if is_one_utterance(texts, (one, other), Pair(*known))
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
