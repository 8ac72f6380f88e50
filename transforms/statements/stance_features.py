"""Compute what the model of stances reads: groups of words around the subject, and some numbers.

A *text* is the view of one pair of statement and subject (`stances.View`). All texts of a batch are joined into flat
arrays, because a loop over texts would cost more than the model itself. Needs numpy only, so that training can use it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from transforms.language import ENGLISH

# Marks of a word; a word may have several.
CONTENT, SUBJECT, CUE, SOURCE, CAPITAL = 1, 2, 4, 8, 16
# Kinds of a word, whatever its text; a word may have several.
ENDS, SPLITS, NEGATES, OPENS, CLOSES, ASKS, EXCLAIMS = 1, 2, 4, 8, 16, 32, 64

FAR = 1000  # distance in words if there is no such word
SCOPE = 5  # words after a negation that it may negate
HEAD = 4  # words at the beginning of a piece of content
MOST_SPLITS = 3  # larger numbers are not distinguished
MOST_PIECES = 4  # pieces of a word that are read
MOST = 4.0  # standard deviations; larger features are cut
FREQUENT = 200  # a word that occurs as often in the training texts has 71 % of the weight of a rare one
POWER, LEAST = 0.7, 1e-3  # see `pool`
BUCKETS = 1 << 17  # of short runs of words
LENGTH = 3.0  # of the vector of the runs of a text
HIDDEN_CODE = np.uint64(1)  # of a word of the subject's name
DISTANCE_LIMITS = np.array([-8, -3, -1, 0, 1, 2, 5, 10])

_SENTENCE_ENDS = frozenset(".?!")
_SPLITTING_MARKS = frozenset(',;:—–-"“”()') | _SENTENCE_ENDS


class Texts(NamedTuple):
    """The words of several texts, one text after the other."""

    marks: np.ndarray  # [words], sums of marks
    kinds: np.ndarray  # [words], sums of kinds
    lengths: np.ndarray  # [texts], number of words of each text


def kind_of(word: str) -> int:
    """Return the sum of the kinds of a word."""
    plain = word.lower().replace("’", "'")
    words = ENGLISH.words
    return (
        ENDS * (plain in _SENTENCE_ENDS)
        | SPLITS * (plain in _SPLITTING_MARKS or plain in words.splitters)
        | NEGATES * (plain in words.negators)
        | OPENS * (plain == "“")
        | CLOSES * (plain == "”")
        | ASKS * (plain == "?")
        | EXCLAIMS * (plain == "!")
    )


class Places:
    """Where the words of the texts are, seen from the subject."""

    def __init__(self, texts: Texts) -> None:
        lengths = texts.lengths.astype(np.int64)
        self._index = np.arange(len(texts.marks))
        self.owners = np.repeat(np.arange(len(lengths)), lengths)
        self.bounds = np.concatenate([[0], np.cumsum(lengths)])  # where each text begins, and the end
        starts = self.bounds[:-1]
        self._first, self._last = starts[self.owners], self.bounds[1:][self.owners]
        self.before_end = self._last - self._index  # words from this one to the end of its text
        self._begins = np.zeros(len(texts.marks), bool)
        self._begins[starts[lengths > 0]] = True
        self.texts = len(lengths)

        marks, kinds = texts.marks, texts.kinds
        self.content, self.cue, self.source = ((marks & mark) > 0 for mark in (CONTENT, CUE, SOURCE))
        self.capital = (marks & CAPITAL) > 0
        self.is_subject = (marks & (SUBJECT | CONTENT)) == SUBJECT | CONTENT
        self.is_elsewhere = (marks & (SUBJECT | CONTENT)) == SUBJECT
        self.shown = (marks & (SUBJECT | CAPITAL)) != SUBJECT | CAPITAL  # the subject's name is hidden
        self.after, self.before = self._since(self.is_subject), self._until(self.is_subject)
        self.distance = np.where(self.after <= self.before, self.after, -self.before)
        splits = ((kinds & SPLITS) > 0) | self._begins
        ends = ((kinds & ENDS) > 0) | self._begins
        clauses = np.cumsum(splits)
        self.splits = (kinds & SPLITS) > 0
        self.in_clause, self.in_sentence = self._with_subject(clauses), self._with_subject(np.cumsum(ends))
        negation = self._since((kinds & NEGATES) > 0)
        between = clauses - clauses[np.maximum(self._index - negation, 0)]
        self.negated = (negation > 0) & (negation <= SCOPE) & (between <= 1)
        begins = self.content & (self._begins | ~np.roll(self.content, 1))
        self.in_head = self.content & (self._since(begins) < HEAD)
        opened, closed = self._since((kinds & OPENS) > 0), self._since((kinds & CLOSES) > 0)
        self.quoted = self.content & (opened < closed)
        self.asks, self.exclaims = ((kinds & kind) > 0 for kind in (ASKS, EXCLAIMS))

    def _since(self, flags: np.ndarray) -> np.ndarray:
        """Return how many words ago the last flagged word of the same text was; FAR if there is none."""
        before = np.maximum.accumulate(np.where(flags, self._index, -1))
        return np.where(before >= self._first, self._index - before, FAR)

    def _until(self, flags: np.ndarray) -> np.ndarray:
        """Return in how many words the next flagged word of the same text is; FAR if there is none."""
        after = np.minimum.accumulate(np.where(flags, self._index, len(flags))[::-1])[::-1]
        return np.where(after < self._last, after - self._index, FAR)

    def _with_subject(self, parts: np.ndarray) -> np.ndarray:
        """Return for each word whether its part (numbers that grow along the texts) has a mention in the content."""
        has = np.zeros(parts[-1] + 1 if len(parts) else 0, bool)
        has[parts[self.is_subject]] = True
        found: np.ndarray = has[parts]
        return found

    def groups(self) -> list[np.ndarray]:
        """Return the groups of words whose vectors the model averages, [words] each."""
        d, content = self.distance, self.content
        rest = ~(content | self.cue | self.source)
        found = [
            content,
            self.cue,
            self.source,
            content & (d < 0) & (d >= -4),
            content & (d > 0) & (d <= 4),
            content & self.in_clause & (d > 0),
            content & self.in_clause & (d < 0),
            rest & (self.before < FAR) & (self.after == FAR),
            rest & (self.before == FAR),
            content & self.in_sentence,
            content & self.negated,
            d == -1,
            d == 1,
            content & ~self.in_sentence,
            d == -2,
            d == 2,
            d == 3,
            d == -3,
            self.in_head,
            self.quoted,
            content & self.in_sentence & (d > 4),
            content & self.in_sentence & (d < -4),
            content & self.in_sentence & self.capital,
        ]
        return [group & self.shown for group in found]

    def numbers(self) -> np.ndarray:
        """Return some numbers of each text, [texts, numbers]."""
        inside = self._index - self._first
        content, subject, cue = (
            self._first_of(inside, flags) for flags in (self.content, self.is_subject, self.cue)
        )
        late = np.clip((subject - content) / np.maximum(self.count(self.content), 1), 0, 1)
        return np.stack(
            [
                late,
                subject - content < 3,
                np.log1p(self.count(self.is_subject)),
                np.log1p(self.count(self.is_elsewhere)),
                cue < content,
                cue == FAR,
                np.log1p(self.count(self.content & self.negated)),
                self.count(self.content & self.asks) > 0,
                self.count(self.content & self.exclaims) > 0,
                np.log1p(self.count(self.quoted & self.shown)),
                np.log1p(self.count(self.content & self.capital & self.shown)),
                np.minimum(self.count(self.content & self.splits & self.in_clause), MOST_SPLITS),
            ],
            axis=1,
        ).astype(np.float64)

    def count(self, flags: np.ndarray) -> np.ndarray:
        """Return how many words of each text are flagged."""
        return np.bincount(self.owners[flags], minlength=self.texts)

    def _first_of(self, inside: np.ndarray, flags: np.ndarray) -> np.ndarray:
        """Return the place of the first flagged word of each text; FAR if there is none."""
        found = np.full(self.texts, FAR)
        np.minimum.at(found, self.owners[flags], inside[flags])
        return found


def weigh(vectors: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Return the table that `pool` reads, [distinct words, width + 2]: weighted vectors, the weight, and the number 1.

    `vectors` has the vector of each word, `rates` the weights of the words."""
    return np.concatenate([vectors * rates[:, None], rates[:, None], np.ones_like(rates)[:, None]], axis=1)


def pool(places: Places, words: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Return the features of each text, [texts, features]: means of the vectors of each group, and numbers.

    `words` [words] has the rows of the words in `table` (see `weigh`). A mean is a sum divided by the sum of the
    weights to the power of POWER: several words say more than one word. The sums of each text are computed alone, so
    they do not depend on the other texts.
    """
    groups = np.stack(places.groups()).astype(table.dtype)
    rows = table[words]
    sums = np.empty((places.texts, len(groups), table.shape[1]), table.dtype)
    for text, (start, end) in enumerate(pairwise(places.bounds.tolist())):
        np.matmul(groups[:, start:end], rows[start:end], out=sums[text])
    totals, sizes = sums[..., -2], sums[..., -1]
    means = sums[..., :-2] / np.maximum(totals, LEAST)[..., None] ** POWER
    numbers = places.numbers().astype(table.dtype)
    return np.concatenate([means.reshape(places.texts, -1), np.log1p(sizes), numbers], axis=1)


def rate_of(counts: np.ndarray) -> np.ndarray:
    """Return the weights of words that occur this often in the training texts: frequent words say less."""
    rates: np.ndarray = 1 / np.sqrt(1 + counts / FREQUENT)
    return rates


def code_of(pieces: np.ndarray, none: int) -> np.ndarray:
    """Return a number for each word, [words]; `pieces` [words, MOST_PIECES] has `none` after its last piece.

    Words without pieces have the code zero.
    """
    known = pieces != none
    terms = (pieces.astype(np.uint64) + np.uint64(2)) * _PIECE_FACTORS
    codes: np.ndarray = np.where(known, terms, np.uint64(0)).sum(1, dtype=np.uint64)
    return codes


_PIECE_FACTORS = np.array([1, 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D], np.uint64)
_RUN, _SPREAD, _KIND, _FINISH = 1_000_003, 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


class Runs(NamedTuple):
    """Runs of up to three words, each with its text, its bucket and its weight."""

    owners: np.ndarray
    buckets: np.ndarray
    weights: np.ndarray


def find_runs(places: Places, codes: np.ndarray) -> Runs:
    """Return the runs of words of the texts, from the codes of the words, [words].

    The same words count as another run in another place: in the cue, near the subject, or after a negation.
    """
    codes = np.where(places.shown, codes, HIDDEN_CODE)
    known = codes > 0
    pair_known = known & np.roll(known, -1) & (places.before_end > 1)
    triple_known = pair_known & np.roll(known, -2) & (places.before_end > 2)
    pairs = codes * np.uint64(_RUN) + np.roll(codes, -1)
    triples = pairs * np.uint64(_RUN) + np.roll(codes, -2)
    content, cue, d = places.content, places.cue, places.distance
    classes = np.searchsorted(DISTANCE_LIMITS, d, side="right").astype(np.uint64)
    sides = (np.sign(d) + 1).astype(np.uint64)
    rest = ~(content | cue | places.source)
    parts = (
        (content & known, codes, 1.0),
        (content & pair_known, pairs, 0.7),
        (content & known, codes + classes * np.uint64(0x1234567), 0.7),
        (cue & known, codes, 1.5),
        (cue & pair_known, pairs, 1.0),
        (places.source & known, codes, 0.7),
        (rest & known & (d < 0), codes, 0.3),
        (rest & known & (d > 0), codes, 0.3),
        (content & triple_known, triples, 0.5),
        (content & pair_known, pairs + sides * np.uint64(999), 0.5),
        (content & known & places.in_clause & (d > 0), codes, 0.7),
        (content & known & places.in_clause & (d < 0), codes, 0.7),
        (content & known & places.negated, codes, 0.7),
    )
    owners = np.concatenate([places.owners[chosen] for chosen, _, _ in parts])
    buckets = np.concatenate([_bucket(code[chosen], i) for i, (chosen, code, _) in enumerate(parts)])
    weights = np.concatenate([np.full(chosen.sum(), weight) for chosen, _, weight in parts])
    size = np.sqrt(np.bincount(owners, weights**2, places.texts))
    return Runs(owners, buckets, weights * (LENGTH / np.maximum(size, LEAST))[owners])


def _bucket(codes: np.ndarray, kind: int) -> np.ndarray:
    """Hash codes of one kind to buckets."""
    mixed = codes * np.uint64(_SPREAD) + np.uint64(((kind + 1) * _KIND) % 2**64)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(_FINISH)
    mixed ^= mixed >> np.uint64(32)
    return (mixed & np.uint64(BUCKETS - 1)).astype(np.int64)
