"""Estimate the stance that a speaker takes, in a statement, towards an actor whom the statement mentions.

A small network reads the words of the statement and some words around it, in groups: the content, the cue, the source,
and the words near the subject, that is, the actor towards whom the stance is. It does not read the subject's name, so
the stance cannot depend on who the subject is. `stance_features.py` computes what the network reads. `models/README.md`
describes the model (`models/stance.npz`), `training/README.md` its training.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import compress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

import models
from schema.column_values import STANCES
from transforms.extract.tokens import LINE_BREAK, tokenize_again
from transforms.extract.word_features import pieces_of, seen_as
from transforms.frames import read_spans
from transforms.language import ENGLISH
from transforms.statements.stance_features import (
    CAPITAL,
    CONTENT,
    CUE,
    MOST,
    MOST_PIECES,
    SOURCE,
    SUBJECT,
    Places,
    Texts,
    code_of,
    find_runs,
    kind_of,
    pool,
    weigh,
)

KEY = ("statement_id", "profile_id")

NO_PIECE = -1
MOST_WORDS = 256  # of a text that are read
DECIMALS = 4  # of a confidence
VIEWS_AT_ONCE = 128  # views that the network reads together
PAIRS_AT_ONCE = 1_000  # pairs whose words are in memory at a time
WORDS_KEPT = 50_000  # distinct words whose vectors are cached
FEWEST_ROWS = 4096  # of the tables of these words


class Margins(NamedTuple):
    """How much of the text around a statement is read, in code points."""

    before: int = 80
    after: int = 40
    most: int = 900  # of a statement longer than this, the text around the subject and around the cue is read
    cue: int = 60  # around a cue or source that is far from the subject


class Place(NamedTuple):
    """The spans of a statement and of the mentions of its subject, as offsets of the body."""

    content: Sequence[tuple[int, int]]
    cue: tuple[int, int] | None
    source: tuple[int, int] | None
    subject: Sequence[tuple[int, int]]


class Words(NamedTuple):
    """The words of a text, with their offsets and the marks that they have for any statement."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    marks: np.ndarray


class View(NamedTuple):
    """The words that are read for one pair of statement and subject, with their marks."""

    words: list[str]
    marks: np.ndarray  # [words], sums of marks


def find_stances(pairs: pl.DataFrame, bodies: pl.DataFrame | Mapping[str, str]) -> pl.DataFrame:
    """Return `statement_id`, `profile_id`, `stance` (one of STANCES) and `stance_confidence` for each pair, in order.

    `pairs` has a row for each pair of statement and subject: `statement_id`, `profile_id` (any key of the subject),
    `article_id`, `content_spans`, `cue_start`, `cue_end`, `source_start`, `source_end`, and `subject_spans`, the
    mentions of the subject in and near the statement (lists of structs with `start` and `end`). `bodies` has
    `article_id` and `body`, or maps ids to bodies. `stance_confidence` is the probability that the stance is right.
    """
    texts = (
        dict(bodies.select("article_id", "body").iter_rows()) if isinstance(bodies, pl.DataFrame) else bodies
    )
    model = load_model()
    chances, choices = [np.zeros(0)], [np.zeros(0, np.int64)]
    with threadpool_limits(1, "blas"):  # the products are too small for threads to help
        for some in pairs.iter_slices(PAIRS_AT_ONCE):
            views = list(read_views(((texts[key], place) for key, place in places_of(some)), Margins()))
            rates, choice = model.judge(views)
            # The last bits depend on what else is in the batch.
            chances.append(rates[np.arange(len(views)), choice].round(DECIMALS))
            choices.append(choice)
    return pairs.select(KEY).with_columns(
        pl.Series("stance", [STANCES[i] for i in np.concatenate(choices).tolist()], pl.String),
        pl.Series("stance_confidence", np.concatenate(chances), pl.Float64),
    )


def places_of(pairs: pl.DataFrame) -> Iterator[tuple[str, Place]]:
    """Yield the article and the spans of each pair (see `find_stances`)."""
    contents, subjects = (read_spans(pairs[name]) for name in ("content_spans", "subject_spans"))
    rows = pairs.select("article_id", "cue_start", "cue_end", "source_start", "source_end").iter_rows()
    for (key, *ends), content, subject in zip(rows, contents, subjects, strict=True):
        cue, cue_end, source, source_end = ends
        yield (
            key,
            Place(
                content,
                None if cue is None else (cue, cue_end),
                None if source is None else (source, source_end),
                subject,
            ),
        )


def read_views(pairs: Iterable[tuple[str, Place]], margins: Margins) -> Iterator[View]:
    """Yield the view of each pair of a body and a place. Several pairs in a row often have the same body."""
    body, words = "", _split("")
    for text, place in pairs:
        if text is not body:
            body, words = text, _split(text)
        yield _mark(words, find_regions(text, place, margins), place)


def find_regions(body: str, place: Place, margins: Margins) -> list[tuple[int, int]]:
    """Return the parts of the body to read, in order."""
    attributed = [span for span in (place.cue, place.source) if span]
    spans = [*place.content, *attributed]
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    if last - first <= margins.most:
        regions = [(first - margins.before, last + margins.after)]
    else:
        inside = (s for s, e in place.subject if any(a <= s and e <= b for a, b in place.content))
        middle = min(inside, default=place.content[0][0])
        half = margins.most // 2
        regions = [(max(first - margins.before, middle - half), min(last + margins.after, middle + half))]
        regions += [
            (start - margins.cue, min(end, start + margins.most) + margins.cue) for start, end in attributed
        ]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(regions):
        start, end = max(start, 0), min(end, len(body))
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined


def _split(body: str) -> Words:
    """Return the words of a body, without line breaks."""
    tokens = tokenize_again(body)
    is_word = [word != LINE_BREAK for word in tokens.words]
    words = list(compress(tokens.words, is_word))
    starts, ends = (list(compress(offsets, is_word)) for offsets in (tokens.starts, tokens.ends))
    capitals = {word for word in set(words) if word[0].isupper()}
    marks = np.array([CAPITAL if word in capitals else 0 for word in words], np.uint8)
    return Words(words, starts, ends, marks)


def _mark(body: Words, regions: Sequence[tuple[int, int]], place: Place) -> View:
    """Return the words that are whole inside the regions, with their marks.

    Of more words than the network reads, take those around the first mention of the subject."""
    marked = (
        (CONTENT, place.content),
        (SUBJECT, place.subject),
        (CUE, [place.cue] if place.cue else ()),
        (SOURCE, [place.source] if place.source else ()),
    )
    spans = [
        (mark, bisect_right(body.ends, start), bisect_left(body.starts, end))
        for mark, places in marked
        for start, end in places
    ]
    words: list[str] = []
    parts = [np.zeros(0, np.uint8)]
    for start, end in regions:
        begin, stop = bisect_left(body.starts, start), bisect_right(body.ends, end)
        marks = body.marks[begin:stop].copy()
        for mark, first, last in spans:
            marks[max(first - begin, 0) : max(last - begin, 0)] |= mark
        words += body.words[begin:stop]
        parts.append(marks)
    marks = np.concatenate(parts)
    most = MOST_WORDS
    if len(words) > most:
        middle = int(((marks & (SUBJECT | CONTENT)) == SUBJECT | CONTENT).argmax())
        first = min(max(middle - most // 2, 0), len(words) - most)
        words, marks = words[first : first + most], marks[first : first + most]
    return View(words, marks)


def is_hidden(word: str, mark: int) -> bool:
    """Return whether the network sees only the marks of a word: words of the subject's names, which are capitalized."""
    return bool(mark & SUBJECT and mark & CAPITAL)


class Model:
    """The network, with the vectors of the words that it has read.

    The features of a pair are computed alone. The layers compute all pairs together in double precision, so that the
    rounded result for a pair does not depend on the other pairs.
    """

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        vocabulary = weights.pop("vocabulary").tobytes().decode()
        self._vocabulary = {piece: i for i, piece in enumerate(vocabulary.split("\n"))}
        self._pieces, self._scale = weights.pop("pieces"), weights.pop("pieces_scale").astype(np.float64)
        self._runs, self._centre, self._spread = (weights.pop(name) for name in ("runs", "centre", "spread"))
        self._w = {name: np.ascontiguousarray(value, np.float64) for name, value in weights.items()}
        self._forget()

    def _forget(self) -> None:
        self._row: dict[str, int] = {}
        self._table = np.zeros((FEWEST_ROWS, len(self._scale) + 2), np.float32)  # see `weigh`
        self._kinds, self._codes = np.zeros(FEWEST_ROWS, np.uint8), np.zeros(FEWEST_ROWS, np.uint64)

    def judge(self, views: Sequence[View]) -> tuple[np.ndarray, np.ndarray]:
        """Return the probability of each stance, [views, stances], and the index of each view's most fitting stance."""
        if len(self._row) > WORDS_KEPT:
            self._forget()
        self._learn(word for view in views for word in view.words)
        logits = np.zeros((len(views), len(STANCES)), np.float64)
        for start in range(0, len(views), VIEWS_AT_ONCE):
            some = views[start : start + VIEWS_AT_ONCE]
            logits[start : start + len(some)] = self._run(some)
        scaled = np.exp(logits / self._w["temperature"])
        return scaled / scaled.sum(1, keepdims=True), (logits + self._w["preference"]).argmax(1)

    def _learn(self, words: Iterable[str]) -> None:
        """Add the words to the tables."""
        new = [word for word in dict.fromkeys(words) if word not in self._row]
        pieces = [pieces_of(seen_as(word), self._vocabulary)[:MOST_PIECES] for word in new]
        vectors = np.zeros((len(new), len(self._scale)), np.float64)
        for i, own in enumerate(pieces):
            if own:
                vectors[i] = self._pieces[own].sum(0, dtype=np.float64) / np.float64(len(own))
        padded = np.full((len(new), MOST_PIECES), NO_PIECE)
        for i, own in enumerate(pieces):
            padded[i, : len(own)] = own
        rates = [self._w["rates"][own[0]] if len(own) == 1 else float(bool(own)) for own in pieces]
        kinds = [kind_of(seen_as(word)) for word in new]
        first, end = len(self._row), len(self._row) + len(new)
        self._row.update(zip(new, range(first, end), strict=True))
        if end > len(self._table):
            more = max(end, 2 * len(self._table)) - len(self._table)
            self._table = np.concatenate([self._table, np.zeros((more, self._table.shape[1]), np.float32)])
            self._kinds = np.concatenate([self._kinds, np.zeros(more, np.uint8)])
            self._codes = np.concatenate([self._codes, np.zeros(more, np.uint64)])
        self._table[first:end] = weigh(vectors * self._scale, np.array(rates, np.float64))
        self._kinds[first:end], self._codes[first:end] = kinds, code_of(padded, NO_PIECE)

    def _run(self, views: Sequence[View]) -> np.ndarray:
        """Return the logits of the stances, [views, stances]."""
        w = self._w
        words = np.array([self._row[word] for view in views for word in view.words], np.int64)
        marks = np.concatenate([view.marks for view in views])
        lengths = np.array([len(view.words) for view in views])
        places = Places(Texts(marks, self._kinds[words], lengths))
        standard = pool(places, words, self._table)
        standard -= self._centre
        standard *= self._spread
        np.clip(standard, -MOST, MOST, out=standard)
        hidden = np.maximum(standard.astype(np.float64) @ w["hidden"] + w["hidden_bias"], 0)
        logits: np.ndarray = hidden @ w["out"] + w["out_bias"]
        runs = find_runs(places, self._codes[words])
        for i in range(len(STANCES)):
            own = self._runs[runs.buckets, i] * runs.weights
            logits[:, i] += np.bincount(runs.owners, own, len(views)) * w["runs_scale"]
        return logits


@cache
def load_model() -> Model:
    """Return the model in `models/`, loaded once per process."""
    with np.load(Path(models.__file__).with_name(ENGLISH.models.stance), allow_pickle=False) as stored:
        return Model({name: stored[name] for name in stored.files})
