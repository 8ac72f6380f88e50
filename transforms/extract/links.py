"""Link vectors of a window -> how likely one word belongs to another."""

from __future__ import annotations

import math

import numpy as np

from transforms.extract.statement import Span
from transforms.extract.tagger import WINDOW, Tagger, Window
from transforms.extract.tokens import LINE_BREAK

HEAD_OF_CONTENT, FIRST_OF_SOURCE, LAST_OF_SOURCE = 0, 1, 2
REACH = 120  # tokens around a content among which its head is looked for
ASKED = 8  # words of a content that are asked
NEVER = -30.0
FAR_LINES = 4


class Links:
    """Answers about one window; tokens count from the start of the window."""

    def __init__(self, window: Window, tagger: Tagger) -> None:
        self._vectors = np.ascontiguousarray(np.moveaxis(window.links, 1, 0))
        self._by_distance, self._by_lines = tagger.distance_scores, tagger.line_bias
        words = window.tokens.words[window.start : window.end]
        self.lines = np.cumsum([word == LINE_BREAK for word in words])

    def head_of_content(self, content: Span) -> np.ndarray:
        """[tokens]: mean log-probability, over the words of a content, that its head is a token."""
        start, end = content
        rows = np.arange(start, end, max(1, (end - start) // ASKED))
        first, last = max(0, start - REACH), min(len(self.lines), end + REACH)
        pointed = np.full(len(self.lines), NEVER, np.float32)
        pointed[first:last] = self._log_softmax(HEAD_OF_CONTENT, rows, first, last).mean(0)
        return pointed

    def source_of_head(self, heads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Twice [heads, tokens]: log-probability that the head's source begins and ends with a token."""
        tokens = len(self.lines)
        return (
            self._log_softmax(FIRST_OF_SOURCE, heads, 0, tokens),
            self._log_softmax(LAST_OF_SOURCE, heads, 0, tokens),
        )

    def _log_softmax(self, kind: int, rows: np.ndarray, first: int, last: int) -> np.ndarray:
        ask, answer = self._vectors[2 * kind][rows], self._vectors[2 * kind + 1][first:last]
        columns = np.arange(first, last)
        scores = (ask / math.sqrt(ask.shape[1])) @ answer.T
        scores += self._by_distance[kind][columns - rows[:, None] + WINDOW]
        lines, places = np.unique(self.lines[rows], return_inverse=True)
        apart = np.minimum(np.maximum(self.lines[first:last] - lines[:, None], -FAR_LINES), FAR_LINES)
        scores += self._by_lines[kind][apart + FAR_LINES][places]
        scores -= scores.max(1, keepdims=True)
        return scores - np.log(np.exp(scores).sum(1, keepdims=True))
