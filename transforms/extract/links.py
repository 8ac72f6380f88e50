"""Compute the probabilities that a word points to another word, from the link vectors of a window."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from transforms.extract.statement import Span
from transforms.extract.tagger import WINDOW, Tagger, Window

HEAD_OF_CONTENT, FIRST_OF_SOURCE, LAST_OF_SOURCE, WHO_IS_MEANT = 0, 1, 2, 3
VOTERS = 8  # about how many words of a content vote on its head
FAR_LINES = 4


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
        scores = self._log_softmax(HEAD_OF_CONTENT, np.concatenate(voters))
        means = np.empty((len(voters), scores.shape[1]))
        first = 0
        for mean, rows in zip(means, voters, strict=True):
            np.add.reduce(scores[first : first + len(rows)], 0, np.float64, out=mean)
            first += len(rows)
        means /= np.array([len(rows) for rows in voters])[:, None]
        return means

    def source_of_head(self, heads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return two arrays [heads, tokens]: log-probabilities that a head's source begins, and ends, at a token."""
        return self._log_softmax(FIRST_OF_SOURCE, heads), self._log_softmax(LAST_OF_SOURCE, heads)

    def who_is_meant(self, words: np.ndarray) -> np.ndarray:
        """Return an array [words, tokens]: the log-probability that a word refers to the name at a token.

        The value of the word itself is the log-probability that it refers to no name."""
        return self._log_softmax(WHO_IS_MEANT, words)

    def _log_softmax(self, kind: int, rows: np.ndarray) -> np.ndarray:
        ask, answer = self._vectors[rows, 2 * kind], self._vectors[:, 2 * kind + 1]
        scores: np.ndarray = (ask / math.sqrt(ask.shape[1])) @ answer.T
        scores += self._distance_bias(kind, rows)
        scores += self._line_bias(kind, rows)
        scores -= scores.max(1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(1, keepdims=True))
        return scores

    def _line_bias(self, kind: int, rows: np.ndarray) -> np.ndarray:
        """Return an array [rows, tokens]: the bias for the number of lines between two tokens.

        If the window has only one line, the bias is a single number."""
        if self.lines[-1] == 0:
            return np.asarray(self._by_lines[kind][FAR_LINES])
        own = self.lines[rows]
        has_rows = np.bincount(own) > 0
        lines = np.flatnonzero(has_rows)
        apart = np.minimum(np.maximum(self.lines - lines[:, None], -FAR_LINES), FAR_LINES)
        of_lines: np.ndarray = self._by_lines[kind][apart + FAR_LINES]
        bias: np.ndarray = of_lines[(np.cumsum(has_rows) - 1)[own]]
        return bias

    def _distance_bias(self, kind: int, rows: np.ndarray) -> np.ndarray:
        """Return an array [rows, tokens]: the bias for the distance of each token from the token of the row."""
        bias: np.ndarray = self._by_distance[kind][WINDOW - rows, : len(self.lines)]
        return bias


def _choose_voters(spans: list[Span]) -> np.ndarray:
    """Choose about VOTERS words of a content, at equal distances; only these decide which head it has."""
    words = np.concatenate([np.arange(*span) for span in spans])
    return words[:: max(1, len(words) // VOTERS)]
