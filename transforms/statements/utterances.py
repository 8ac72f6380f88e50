"""Find pairs of statements that report the same utterance, and group the statements by utterance.

Articles cut a quotation differently, paraphrase it, or repeat it in the second paragraph. A logistic regression
decides from the words, speakers, days and kinds of two statements whether they report the same utterance
(`docs/answers.md` describes how it was trained and measured). An utterance is a connected component of such pairs, so
neither the order of files nor the size of batches changes it. Its id is the id of its earliest statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import exp, log1p
from typing import NamedTuple

import polars as pl

from transforms.articles.stories import connect
from transforms.statements.likeness import Text, Texts

DAYS = (
    30  # days within which equal words are one utterance; later, they are a quotation from memory or a slogan
)
NEAR_DAYS = 3  # days within which a paraphrase may report the same utterance
PAIRS_AT_ONCE = 10_000  # pairs whose texts are in memory at a time
LEAST = 0.5  # a pair with at least this probability reports one utterance
LIGHTEST = 1.5  # weight of a text; lighter texts ("the company", "the rule of law") are common phrases

# One pair of statements that share words.
STATEMENT_PAIRS = pl.Schema(
    [
        ("statement_id", pl.String),
        ("other_id", pl.String),
        ("same_actor", pl.Boolean),  # whether both speakers are known and are the same actor
        # Whether the two are in one article, together with all other statements that have the same words, speaker and
        # day as one of the two.
        ("same_article", pl.Boolean),
        ("days", pl.Int32),  # between the two statements; 0 if a day is unknown
        ("is_direct", pl.Boolean),  # whether the first of the two is a quotation
        ("other_is_direct", pl.Boolean),
    ]
)


class Pair(NamedTuple):
    """What is known about two statements besides their words; see STATEMENT_PAIRS."""

    same_actor: bool
    same_article: bool
    days: int = 0
    # About two statements in one article:
    quoted_after: bool = False  # whether the first is no quotation, or only in part, and the second is one
    gap: int = 0  # letters between them


class Place(NamedTuple):
    """Where the content of a statement is in its article, and whether it is a quotation."""

    start: int
    end: int
    is_direct: bool


class Features(NamedTuple):
    """Evidence on whether two statements report one utterance. Shared names say little: the topic may be the same."""

    contained: float  # weight of the shared stems, names excepted, divided by the weight of the lighter text
    meaning: float  # similarity of the word vectors, see `Texts.compare_meanings`
    run: float  # logarithm of the weight of the heaviest run of shared words
    run_share: float  # weight of this run divided by the weight of the lighter text
    quoted: float  # logarithm of the weight of the heaviest quotation in one text that the other contains
    # Both have numbers, but no number in common. The weight is set by hand: few of the annotated pairs have this.
    other_numbers: float
    same_actor: float
    days: float  # logarithm of the days between the two statements


class MoreFeatures(NamedTuple):
    """More evidence on two statements of one article: a quotation often follows its paraphrase."""

    gap: float  # logarithm of the letters between the two statements
    likest_meaning: float  # similarity to the other of the text that is more similar to the other
    lighter_meaning: float  # similarity of the lighter text to the heavier
    length: float  # logarithm of the weight of the lighter text
    quoted_after: float  # a quotation follows a paraphrase; the reverse is more often another utterance
    quoted_at_once: float  # the quotation is the next sentence or paragraph


WEIGHTS = Features(3.71, 4.31, 2.46, -1.58, 0.92, -4.0, 2.89, -1.12)
BIAS = -8.18
# For two statements in one article. A large network labelled most of the pairs to which these weights were fitted. The
# bias is 0.4 lower than fitted: only pairs with a fitted probability of at least 0.6 are joined.
WEIGHTS_IN_ARTICLE = Features(1.61, 3.27, 1.05, -1.04, 0.99, -4.0, 1.85, 0.0)
MORE_WEIGHTS = MoreFeatures(-0.14, 0.58, 0.54, -0.7, 0.69, 0.74)
BIAS_IN_ARTICLE = -5.1
AT_ONCE = 6  # letters at most between a paraphrase and the quotation that follows at once: '. ', '.\n\n“'


def compare_places(pair: Pair, one: Place, other: Place) -> Pair:
    """Add to a pair of statements in one article how far apart they are and whether the second one is the quotation."""
    first, second = sorted((one, other))
    return pair._replace(
        quoted_after=second.is_direct and not first.is_direct, gap=max(0, second.start - first.end)
    )


def measure(texts: Texts, ids: tuple[str, str], pair: Pair, meaning: float | None = None) -> Features:
    """Compute the features of two statements; `meaning` is computed only if it is None."""
    shared = texts.compare_words(ids)
    return Features(
        contained=shared.contained,
        meaning=min(texts.compare_meanings(ids)) if meaning is None else meaning,
        run=log1p(shared.run),
        run_share=shared.run_share,
        quoted=log1p(shared.quoted),
        other_numbers=float(shared.other_numbers),
        same_actor=float(pair.same_actor),
        days=log1p(pair.days),
    )


def measure_more(one: Text, other: Text, pair: Pair, meanings: tuple[float, float]) -> MoreFeatures:
    """Compute more features of two statements in one article; `meanings` come from `Texts.compare_meanings`."""
    return MoreFeatures(
        gap=log1p(pair.gap),
        likest_meaning=max(meanings),
        lighter_meaning=meanings[0] if one.weight < other.weight else meanings[1],
        length=log1p(min(one.weight, other.weight)),
        quoted_after=float(pair.quoted_after),
        quoted_at_once=float(pair.quoted_after and pair.gap <= AT_ONCE),
    )


def score(features: Features) -> float:
    """Return the probability that two statements report the same utterance."""
    return 1 / (1 + exp(-BIAS - sum(w * x for w, x in zip(WEIGHTS, features, strict=True))))


def score_in_article(features: Features, more: MoreFeatures) -> float:
    """Return the probability that two statements in one article report the same utterance."""
    weights = zip((*WEIGHTS_IN_ARTICLE, *MORE_WEIGHTS), (*features, *more), strict=True)
    return 1 / (1 + exp(-BIAS_IN_ARTICLE - sum(weight * value for weight, value in weights)))


def is_one_utterance(texts: Texts, ids: tuple[str, str], pair: Pair) -> bool:
    """Whether two statements, whose `ids` are in `texts`, report the same utterance."""
    one, other = texts[ids[0]], texts[ids[1]]
    if min(one.weight, other.weight) < LIGHTEST:
        return False
    features = measure(texts, ids, pair, meaning=0.0)
    if pair.same_article:
        if not features.contained:  # the texts share only names
            return False
        meanings = texts.compare_meanings(ids)
        more = measure_more(one, other, pair, meanings)
        return score_in_article(features._replace(meaning=min(meanings)), more) >= LEAST
    if score(features) >= LEAST:
        return True
    if (
        score(features._replace(meaning=1.0)) < LEAST
    ):  # true for most pairs; to compare meanings costs more than all other features
        return False
    return score(features._replace(meaning=min(texts.compare_meanings(ids)))) >= LEAST


def pick_prints(pairs: pl.DataFrame, statements: pl.DataFrame) -> list[tuple[str, str]]:
    """Return the STATEMENT_PAIRS that report the same utterance.

    `statements` has the `statement_id`, the `article_id`, the `content`, and where it `starts` and `ends` in its
    article. The pairs are decided in parts, article by article, so that few texts are in memory at a time.
    """
    order = statements.select("statement_id", "article_id", "starts")
    sorted_pairs = pairs.join(order, on="statement_id").sort(
        "article_id", "starts", "statement_id", "other_id"
    )
    picked: list[tuple[str, str]] = []
    for part in sorted_pairs.select(STATEMENT_PAIRS.names()).iter_slices(PAIRS_AT_ONCE):
        ids = pl.concat([part["statement_id"], part["other_id"]]).unique()
        picked += _pick_prints(part, statements.filter(pl.col("statement_id").is_in(ids.implode())))
    return picked


def _pick_prints(pairs: pl.DataFrame, statements: pl.DataFrame) -> Iterator[tuple[str, str]]:
    contents = dict(statements.select("statement_id", "content").iter_rows())
    texts = Texts({content: content for content in contents.values()})  # many statements have equal contents
    spans = {
        key: (start, end)
        for key, start, end in statements.select("statement_id", "starts", "ends").iter_rows()
    }
    for one, other, same_actor, same_article, days, is_direct, other_is_direct in pairs.iter_rows():
        pair = Pair(same_actor, same_article, days)
        if same_article:
            place, other_place = Place(*spans[one], is_direct), Place(*spans[other], other_is_direct)
            pair = compare_places(pair, place, other_place)
        if is_one_utterance(texts, (contents[one], contents[other]), pair):
            yield one, other


def join_prints(prints: pl.DataFrame, joined: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """Merge the utterances of the `joined` pairs of statements; return the new `utterance_id` of each `statement_id`.

    `prints` has statements with `statement_id`, `article_id`, `seq_no`, `published_on` and `utterance_id`. It must have
    all statements of each utterance in it.
    """
    later = prints.filter(pl.col("statement_id") != pl.col("utterance_id"))
    groups = connect([*later.select("statement_id", "utterance_id").iter_rows(), *joined])
    order = ("published_on", "article_id", "seq_no")
    group = pl.col("statement_id").replace_strict(
        groups, default=pl.col("statement_id"), return_dtype=pl.String
    )
    first = pl.col("statement_id").sort_by(*order, nulls_last=True).first().over("group")
    return prints.with_columns(group=group).select("statement_id", utterance_id=first)
