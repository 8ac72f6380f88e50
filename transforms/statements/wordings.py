"""Split a text into words with weights, and build a sketch from which other wordings of the text are found.

The rarer a word, the higher its weight. Rarity comes from the fixed vocabulary of the tagger, sorted by frequency,
not from the articles at hand, so the similarity of two statements does not depend on other articles.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from math import log
from typing import NamedTuple
from zlib import crc32

import numpy as np
import polars as pl

from schema.derive import polars_schema
from schema.sketches import STATEMENT_SKETCHES
from transforms.keys import text_key

MOST_WORDS = 300  # words of a text that are compared; of a longer text, only the beginning counts
MOST_LETTERS = 20 * MOST_WORDS
FUNCTION_WORDS = 150  # the most frequent words and marks, which have no weight: "the", "would", "about"
LEAST_WEIGHT = 0.55  # lighter words, such as "people" and "president", are not used to find candidates
MOST_KEYS = 24  # the rarest words of a text, up to this number, are used to find candidates
STEM = 6  # letters of a stem; "announced" and "announcement" have one stem
RUN = 4  # words in one shingle
LEAST_RUN = 0.8  # lighter shingles, such as "in the middle of", do not count
WINDOW = 3  # keep at least one of this many consecutive shingles: texts with a long common run share one
LONGEST_QUOTED = 400  # letters of the longest quotation within a text
_QUOTED = re.compile(rf"[“\"]([^“”\"]{{3,{LONGEST_QUOTED}}})[”\"]")
_OPENS = tuple(".!?:“\"‘'")  # a word after one of these has a capital letter, whatever it is
_WORD = re.compile(r"[^\W_]+")
_CAPITALISED = re.compile(r"(?<![^\W_])[^\W\d_a-z][^\W_]*")  # and a few words in scripts without capitals
_APOSTROPHE = re.compile(r"(?<=\w)['’]s?\b")


class Wording(NamedTuple):
    """The words of a text in lower case, its stems with their weights, the words of its quotations, and its names.

    `names` are stems of words that the text writes only with a capital letter, within a sentence.
    """

    words: list[str]
    stems: dict[str, float]
    quoted: list[list[str]]
    names: frozenset[str]


def read_words(text: str) -> list[str]:
    """Return the first words of a text in lower case, without the endings of genitives and contractions."""
    plain = _APOSTROPHE.sub("", text[:MOST_LETTERS].casefold())
    return _WORD.findall(plain)[:MOST_WORDS]


@lru_cache(2_000)  # a run of a few hundred articles builds sketches of statements, then compares them
def read_wording(text: str) -> Wording:
    """Return the words, weighted stems and quotations of a text."""
    words = read_words(text)
    stems: dict[str, float] = {}
    for word in words:
        if weight := weigh(word):
            stem = word[:STEM]
            stems[stem] = min(weight, stems.get(stem, weight))
    quoted = [read_words(part) for part in _QUOTED.findall(text[:MOST_LETTERS])]
    return Wording(words, stems, quoted, _read_names(text[:MOST_LETTERS]))


def _read_names(text: str) -> frozenset[str]:
    """Return the stems of words that always begin with a capital, and not only because a sentence begins."""
    names = set()
    for match in _CAPITALISED.finditer(text):
        word, at = match.group(), match.start()
        if word[0].isupper() and (
            (at and text[max(0, at - 3) : at].rstrip()[-1:] not in _OPENS)
            or (len(word) > 1 and word.isupper())
        ):
            names.add(word.casefold()[:STEM])
    if names:
        names.difference_update(
            word.casefold()[:STEM] for word in _WORD.findall(text) if not word[0].isupper()
        )
    return frozenset(names)


@lru_cache(50_000)
def weigh(word: str) -> float:
    """Return the weight of a word: 0 for function words, 1 for words that the tagger does not know."""
    rank = _ranks().get(word)
    if rank is None:
        return 1.0 if len(word) > 1 else 0.0
    return 0.0 if rank < FUNCTION_WORDS else log(rank) / log(len(_ranks()) + FUNCTION_WORDS)


@cache
def _ranks() -> dict[str, int]:
    with files("models").joinpath("tagger.npz").open("rb") as file, np.load(file) as model:
        words = model["known_words"].tolist()
    ranks: dict[str, int] = {}
    for rank, word in enumerate(words):
        ranks.setdefault(word.casefold(), rank)
    return ranks


def build_statement_sketches(statements: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """Build STATEMENT_SKETCHES from `statement_id`, `article_id`, `published_on` and `content` of statements."""
    wordings = [read_wording(content) for content in statements["content"]]
    sketches = statements.with_columns(
        text_key=pl.Series(map(text_key, statements["content"]), dtype=pl.Int64),
        words=pl.Series([_pick_words(wording) for wording in wordings], dtype=pl.List(pl.Int32)),
        runs=pl.Series([_pick_runs(wording.words) for wording in wordings], dtype=pl.List(pl.Int32)),
        run_id=pl.lit(run_id),
    )
    schema = polars_schema(STATEMENT_SKETCHES)
    return sketches.select(schema.names()).cast(schema)


def _pick_words(wording: Wording) -> list[int]:
    telling = [(-weight, stem) for stem, weight in wording.stems.items() if weight >= LEAST_WEIGHT]
    return sorted({_hash(stem) for _, stem in sorted(telling)[:MOST_KEYS]})


def _pick_runs(words: list[str]) -> list[int]:
    """Return hashes of some runs of four words, chosen by winnowing; for a short text, one hash of all its words."""
    if len(words) <= RUN:
        return [_hash(" ".join(words))] if words else []
    weights = [weigh(word) for word in words]
    starts = range(len(words) - RUN + 1)
    hashes = [
        _hash(" ".join(words[at : at + RUN])) for at in starts if sum(weights[at : at + RUN]) >= LEAST_RUN
    ]
    return (
        sorted({min(hashes[at : at + WINDOW]) for at in range(max(1, len(hashes) - WINDOW + 1))})
        if hashes
        else []
    )


def _hash(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass")) - 2**31
