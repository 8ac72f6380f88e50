"""Estimate the stance that a speaker takes, in a statement, towards an actor whom the statement mentions.

A small convolutional network reads the words of the statement and some words around it. It knows which words belong to
the content, the cue and the source, and which mention the subject, that is, the actor towards whom the stance is. It
does not read the subject's name, so the stance cannot depend on who the subject is. `models/README.md` describes the
model (`models/stance.npz`), `training/README.md` its training.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

import models
from schema.column_values import STANCES
from transforms.extract.tokens import LINE_BREAK, tokenize
from transforms.extract.word_features import pieces_of, seen_as
from transforms.language import ENGLISH

KEY = ("statement_id", "profile_id")

# Marks of a word; a word may have several.
CONTENT, SUBJECT, CUE, SOURCE, CAPITAL = 1, 2, 4, 8, 16
MARKS = 5
# Distance in words from the nearest mention of the subject: negative before the mention. Distances between two of these
# limits are not distinguished.
DISTANCE_LIMITS = np.array([-16, -8, -4, -2, -1, 0, 1, 2, 3, 5, 9, 17])
DISTANCES = len(DISTANCE_LIMITS) + 1
FAR = 1000  # distance if no word mentions the subject

# The network reads a text in the least of these numbers of words that fits.
LENGTHS = (16, 24, 32, 40, 48, 56, 64, 80, 96, 128, 192, 256)
ROWS = 768  # words that the network reads at a time, with padding
BLOCK = 256  # words whose vectors are computed together
DECIMALS = 4  # of a confidence
PAIRS_AT_ONCE = 1_000  # pairs whose words are in memory at a time
MOST_PIECES = 4  # pieces of a word that are read
WORDS_KEPT = 50_000  # distinct words whose vectors are cached


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
    """The words of a part of a text, with their offsets and the marks that they have for any statement."""

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
    columns = [
        "article_id",
        "content_spans",
        "subject_spans",
        "cue_start",
        "cue_end",
        "source_start",
        "source_end",
    ]
    for key, content, subject, cue, cue_end, source, source_end in pairs.select(columns).iter_rows():
        yield (
            key,
            Place(
                [(span["start"], span["end"]) for span in content],
                None if cue is None else (cue, cue_end),
                None if source is None else (source, source_end),
                [(span["start"], span["end"]) for span in subject],
            ),
        )


def read_views(pairs: Iterable[tuple[str, Place]], margins: Margins) -> Iterator[View]:
    """Yield the view of each pair of a body and a place. Pairs of one statement often share the text that is read."""
    body, regions, tokens = "", [(0, 0)], _tokenize("", [])
    for text, place in pairs:
        wanted = find_regions(text, place, margins)
        if wanted != regions or text is not body:
            body, regions, tokens = text, wanted, _tokenize(text, wanted)
        yield _mark(tokens, place)


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


def _tokenize(body: str, regions: Sequence[tuple[int, int]]) -> Words:
    """Return the words of these parts of the body, without line breaks and without words that are cut at the edges."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for first, last in regions:
        found = tokenize(body[first:last])
        begin, end = 0, len(found)
        if end and found.starts[0] == 0 < first and body[first - 1].isalnum() and body[first].isalnum():
            begin = 1
        if begin < end and first + found.ends[-1] == last < len(body) and body[last - 1 : last + 1].isalnum():
            end -= 1
        for i in range(begin, end):
            if (word := found.words[i]) != LINE_BREAK:
                words.append(word)
                starts.append(first + found.starts[i])
                ends.append(first + found.ends[i])
    marks = np.fromiter((CAPITAL if word[0].isupper() else 0 for word in words), np.uint8, len(words))
    return Words(words, starts, ends, marks)


def _mark(tokens: Words, place: Place) -> View:
    """Mark the words. Of more words than the network reads, take those around the first mention of the subject."""
    marks = tokens.marks.copy()
    for mark, spans in (
        (CONTENT, place.content),
        (SUBJECT, place.subject),
        (CUE, [place.cue] if place.cue else ()),
        (SOURCE, [place.source] if place.source else ()),
    ):
        for start, end in spans:
            first, last = bisect_right(tokens.ends, start), bisect_left(tokens.starts, end)
            if first < last:
                marks[first:last] |= mark
    words = tokens.words
    most = LENGTHS[-1]
    if len(words) > most:
        middle = int(((marks & (SUBJECT | CONTENT)) == SUBJECT | CONTENT).argmax())
        first = min(max(middle - most // 2, 0), len(words) - most)
        words, marks = words[first : first + most], marks[first : first + most]
    return View(words, marks)


def measure_distances(marks: np.ndarray) -> np.ndarray:
    """Return the distance class of each word, [texts, words], from the nearest word that mentions the subject."""
    places = np.arange(marks.shape[1])
    is_subject = (marks & SUBJECT) > 0
    before = np.maximum.accumulate(np.where(is_subject, places, -FAR), axis=1)
    after = np.minimum.accumulate(np.where(is_subject, places, 2 * FAR)[:, ::-1], axis=1)[:, ::-1]
    since, until = places - before, places - after
    return np.searchsorted(DISTANCE_LIMITS, np.where(since <= -until, since, until), side="right")


def is_hidden(word: str, mark: int) -> bool:
    """Return whether the network sees only the marks of a word: words of the subject's names, which are capitalized."""
    return bool(mark & SUBJECT and mark & CAPITAL)


class Model:
    """The network, with the vectors of the words that it has read.

    It computes in double precision, so that the rounded result for a pair does not depend on the other pairs.
    """

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        vocabulary = weights.pop("vocabulary").tobytes().decode()
        self._vocabulary = {piece: i for i, piece in enumerate(vocabulary.split("\n"))}
        self._pieces, self._scale = weights.pop("pieces"), weights.pop("pieces_scale").astype(np.float64)
        self._w = {name: np.ascontiguousarray(value, np.float64) for name, value in weights.items()}
        self._reaches = [int(reach) for reach in self._w.pop("reaches")]
        self._width = self._w["in"].shape[1]
        bits = (np.arange(1 << MARKS)[:, None] >> np.arange(MARKS)) & 1
        sums = bits[:, None].astype(np.float64) @ self._w.pop("marks") + self._w.pop("distances")
        self._codes = sums.reshape(-1, self._width)  # a row for each sum of marks and each distance class
        sizes = (3 * self._width, 2 * self._width, self._width)
        self._space = [np.zeros((ROWS, size), np.float64) for size in sizes]  # see `_mix`
        self._forget()

    def _forget(self) -> None:
        self._row: dict[str, int] = {}
        self._table = np.zeros((1, self._width), np.float64)  # row 0: no word

    def judge(self, views: Sequence[View]) -> tuple[np.ndarray, np.ndarray]:
        """Return the probability of each stance, [views, stances], and the index of each view's most fitting stance."""
        if len(self._row) > WORDS_KEPT:
            self._forget()
        self._learn(word for view in views for word in view.words)
        logits = np.zeros((len(views), len(STANCES)), np.float64)
        by_length: dict[int, list[int]] = {}
        for number, view in enumerate(views):
            by_length.setdefault(LENGTHS[bisect_left(LENGTHS, len(view.words))], []).append(number)
        for length, numbers in by_length.items():
            size = ROWS // length
            for start in range(0, len(numbers), size):
                some = numbers[start : start + size]
                logits[some] = self._run(*self._stack([views[i] for i in some], size, length))[: len(some)]
        scaled = np.exp(logits / self._w["temperature"])
        return scaled / scaled.sum(1, keepdims=True), (logits + self._w["preference"]).argmax(1)

    def _stack(self, views: Sequence[View], size: int, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the words' rows in the table and the words' marks, [size, length].

        There are always `size` texts, some of them empty, because rounding may depend on their number.
        """
        rows = np.zeros((size, length), np.int64)
        marks = np.zeros(rows.shape, np.uint8)
        for i, view in enumerate(views):
            n = len(view.words)
            rows[i, :n] = list(map(self._row.__getitem__, view.words))
            marks[i, :n] = view.marks
        rows[(marks & (SUBJECT | CAPITAL)) == SUBJECT | CAPITAL] = 0
        return rows, marks

    def _learn(self, words: Iterable[str]) -> None:
        """Add the words' vectors to the table: the mean vector of a word's pieces, in the width of the network."""
        new = [word for word in dict.fromkeys(words) if word not in self._row]
        parts: list[np.ndarray] = [self._table]
        for start in range(0, len(new), BLOCK):
            vectors = np.zeros((BLOCK, self._scale.size), np.float64)
            for i, word in enumerate(new[start : start + BLOCK]):
                if pieces := pieces_of(seen_as(word), self._vocabulary)[:MOST_PIECES]:
                    vectors[i] = self._pieces[pieces].sum(0, dtype=np.float64) / np.float64(len(pieces))
            mapped: np.ndarray = (vectors * self._scale) @ self._w["in"]
            parts.append(mapped[: len(new) - start])
        self._row.update(zip(new, range(len(self._table), len(self._table) + len(new)), strict=True))
        self._table = np.concatenate(parts)

    def _run(self, rows: np.ndarray, marks: np.ndarray) -> np.ndarray:
        """Return the logits of the stances, [texts, stances]. Words without marks and row are padding."""
        w = self._w
        is_word = ((rows > 0) | (marks > 0))[..., None].astype(np.float64)
        x = self._table[rows]
        x += self._codes[marks.astype(np.int64) * DISTANCES + measure_distances(marks)]
        x *= is_word
        for number, reach in enumerate(self._reaches):
            x += self._mix(x, reach, w["mix"][number], w["mix_bias"][number])
            x *= is_word
        hidden = self._pool(x, marks) @ w["hidden"] + w["hidden_bias"]
        logits: np.ndarray = np.maximum(hidden, 0) @ w["out"] + w["out_bias"]
        return logits

    def _mix(self, x: np.ndarray, reach: int, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Apply a gated convolution over each word and the words `reach` before and after it.

        The large arrays are reused from call to call, because new memory costs as much as the computation.
        """
        texts, length, width = x.shape
        words = texts * length
        near, both, gate = (array[:words] for array in self._space)
        parts = near.reshape(texts, length, 3, width)
        parts[:, :reach, 0] = parts[:, -reach:, 2] = 0
        parts[:, reach:, 0] = x[:, :-reach]
        parts[:, :, 1] = x
        parts[:, :-reach, 2] = x[:, reach:]
        np.matmul(near, weights, out=both)
        both += bias
        np.multiply(both[:, width:], 0.5, out=gate)
        np.tanh(gate, out=gate)  # sigmoid(v) = (1 + tanh(v / 2)) / 2
        gate += 1
        gate *= both[:, :width]
        gate *= 0.5
        return gate.reshape(x.shape)

    def _pool(self, x: np.ndarray, marks: np.ndarray) -> np.ndarray:
        """Return five vectors of each text in one row.

        They are the means of the words of the subject, content and cue, the mean of the content's words weighted by
        attention from the subject, and the content's largest values.
        """
        is_content = (marks & CONTENT) > 0
        is_subject = (marks & (SUBJECT | CONTENT)) == SUBJECT | CONTENT
        subject, content, cue = (_mean(x, shown) for shown in (is_subject, is_content, (marks & CUE) > 0))
        asked = (subject @ self._w["ask"])[:, :, None]
        scores = np.where(is_content, (x @ asked)[..., 0], -1e4)
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        attended = (shares[:, None] @ x)[:, 0]
        largest = np.where(is_content[..., None], x, np.float64(-1e4)).max(1)
        return np.concatenate([subject, content, cue, attended, np.maximum(largest, -10)], 1)


def _mean(x: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """Return the mean vector of the shown words of each text; zeros if a text has none."""
    shares = shown / np.maximum(shown.sum(1, keepdims=True), 1)
    mean: np.ndarray = (shares.astype(np.float64)[:, None] @ x)[:, 0]
    return mean


@cache
def load_model() -> Model:
    """Return the model in `models/`, loaded once per process."""
    with np.load(Path(models.__file__).with_name(ENGLISH.models.stance), allow_pickle=False) as stored:
        return Model({name: stored[name] for name in stored.files})
