"""Compute the probabilities that a word points to another word, from the link vectors of a window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from transforms.extract.statement import Span
from transforms.extract.tagger import WINDOW, Tagger, Window

HEAD_OF_CONTENT, FIRST_OF_SOURCE, LAST_OF_SOURCE, WHO_IS_MEANT = 0, 1, 2, 3
VOTERS = 8  # about how many words of a content vote on its head
FAR_LINES = 4


class LinesApart(NamedTuple):
    """The number of lines between the tokens of some rows and all tokens, as an index of the biases of lines.

    Rows on one line share an entry of `classes` [lines, tokens]; `of_rows` has the index of each row's entry. If the
    window has only one line, both have the length 1."""

    classes: np.ndarray
    of_rows: np.ndarray


class Links:
    """The link probabilities of one window; tokens count from the start of the window."""

    def __init__(self, window: Window, tagger: Tagger) -> None:
        self._vectors = window.links
        self.lines = np.zeros(window.end - window.start, np.int64)
        self.lines[window.breaks] = 1
        np.cumsum(self.lines, out=self.lines)
        self._by_distance = tagger.distance_scores
        self._by_lines = tagger.line_bias

    def head_of_contents(self, contents: Sequence[list[Span]]) -> np.ndarray:
        """Return an array [contents, tokens]: the log-probability that a token is the head of a content.

        It is the mean over some words of the content, because the words may point to different heads."""
        voters = [_choose_voters(spans) for spans in contents]
        words = np.concatenate(voters)
        scores = self._log_softmax(HEAD_OF_CONTENT, words, self._lines_apart(words))
        means = np.empty((len(voters), scores.shape[1]))
        first = 0
        for mean, rows in zip(means, voters, strict=True):
            np.add.reduce(scores[first : first + len(rows)], 0, np.float64, out=mean)
            first += len(rows)
        means /= np.array([len(rows) for rows in voters])[:, None]
        return means

    def source_of_head(self, heads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return two arrays [heads, tokens]: log-probabilities that a head's source begins, and ends, at a token."""
        lines = self._lines_apart(heads)
        return self._log_softmax(FIRST_OF_SOURCE, heads, lines), self._log_softmax(
            LAST_OF_SOURCE, heads, lines
        )

    def who_is_meant(self, words: np.ndarray) -> np.ndarray:
        """Return an array [words, tokens]: the log-probability that a word refers to the name at a token.

        The value of the word itself is the log-probability that it refers to no name."""
        return self._log_softmax(WHO_IS_MEANT, words, self._lines_apart(words))

    def _log_softmax(self, kind: int, rows: np.ndarray, lines: LinesApart) -> np.ndarray:
        ask, answer = self._vectors[rows, 2 * kind], self._vectors[:, 2 * kind + 1]
        scores: np.ndarray = (ask / math.sqrt(ask.shape[1])) @ answer.T
        scores += self._distance_bias(kind, rows)
        scores += self._by_lines[kind][lines.classes][lines.of_rows]
        scores -= scores.max(1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(1, keepdims=True))
        return scores

    def _lines_apart(self, rows: np.ndarray) -> LinesApart:
        """Return how many lines each token is away from the tokens of the rows."""
        if self.lines[-1] == 0:
            return LinesApart(np.array([[FAR_LINES]]), np.zeros(1, np.int64))
        own = self.lines[rows]
        has_rows = np.bincount(own) > 0
        apart = self.lines - np.flatnonzero(has_rows)[:, None]
        classes = np.minimum(np.maximum(apart, -FAR_LINES), FAR_LINES) + FAR_LINES
        return LinesApart(classes, (np.cumsum(has_rows) - 1)[own])

    def _distance_bias(self, kind: int, rows: np.ndarray) -> np.ndarray:
        """Return an array [rows, tokens]: the bias for the distance of each token from the token of the row."""
        bias: np.ndarray = self._by_distance[kind][WINDOW - rows, : len(self.lines)]
        return bias


def _choose_voters(spans: list[Span]) -> np.ndarray:
    """Choose about VOTERS words of a content, at equal distances; only these decide which head it has."""
    words = np.concatenate([np.arange(*span) for span in spans])
    return words[:: max(1, len(words) // VOTERS)]
