"""What the network says of a window -> statements as token spans.

Contents and cues are read off their tags; then each content is given to the cue its words point at, and each cue
takes the source its first word points at, or none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.extract.tagger import Tagger, Window
from transforms.extract.viterbi import BEGIN, INSIDE, OUTSIDE

Span = tuple[int, int]  # first token, one past the last

CONTENT, CUE, SOURCE = 0, 1, 2
LONGEST_SOURCE = 40  # tokens
UNTAGGED_PENALTY = 1.0  # a source that was pointed at but not tagged must be that much likelier


@dataclass(frozen=True)
class TokenStatement:
    """One statement; spans count from the start of the text's tokens. `scores` are log-probabilities."""

    contents: list[Span]
    cue: Span
    source: Span | None
    scores: tuple[float, float, float, float]  # content, cue, link of the content, source

    @property
    def first(self) -> int:
        return min(self.contents[0][0], self.cue[0])


def decode(window: Window, labels: np.ndarray, tagger: Tagger) -> list[TokenStatement]:
    """The statements of one window, whose tokens got `labels` [tokens, layers], in the order of the text."""
    contents, cues, sources = (read_spans(labels[:, layer]) for layer in (CONTENT, CUE, SOURCE))
    if not cues or not contents:
        return []
    links = Links(window, tagger)
    heads = np.array([start for start, _ in cues])
    owner, owner_score = _assign_contents(contents, links.cue_of_content(heads))
    chosen = _choose_sources(cues, sources, links)
    inside = np.logaddexp(window.tags[..., BEGIN], window.tags[..., INSIDE])
    statements = []
    for k, cue in enumerate(cues):
        own = [i for i in range(len(contents)) if owner[i] == k]
        if own:
            spans = [contents[i] for i in own]
            source, source_score = chosen[k]
            scores = (
                float(np.mean([inside[b:e, CONTENT].mean() for b, e in spans])),
                float(inside[cue[0] : cue[1], CUE].mean()),
                float(np.mean([owner_score[i] for i in own])),
                source_score,
            )
            statements.append(_shifted(spans, cue, source, scores, window.start))
    return sorted(statements, key=lambda statement: statement.first)


def read_spans(labels: np.ndarray) -> list[Span]:
    """Spans of a legal row of tags."""
    starts = np.flatnonzero(labels == BEGIN)
    goes_on = np.concatenate([labels[1:] == INSIDE, [False]])
    ends = np.flatnonzero((labels != OUTSIDE) & ~goes_on) + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


class Links:
    """Scores of pairs of words: how likely one belongs to the other."""

    def __init__(self, window: Window, tagger: Tagger) -> None:
        (self._content, self._cue, self._asks_first, self._first, self._asks_last, self._last) = np.moveaxis(
            window.links, 1, 0
        )
        self._distance, self._line = tagger.distance_bias, tagger.line_bias
        words = window.tokens.words[window.start : window.end]
        self._lines = np.cumsum([word in ("\n", "\n\n") for word in words])

    def cue_of_content(self, heads: np.ndarray) -> np.ndarray:
        """[tokens, cues]: log-probability that a token of a content belongs to the cue that begins at a head."""
        tokens = np.arange(len(self._content))
        return _log_softmax(self._score(self._content, self._cue, tokens, heads, 0))

    def source_of_cue(self, heads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Twice [cues, tokens]: log-probability that the cue's source begins and ends with a token."""
        tokens = np.arange(len(self._content))
        return (
            _log_softmax(self._score(self._asks_first, self._first, heads, tokens, 1)),
            _log_softmax(self._score(self._asks_last, self._last, heads, tokens, 2)),
        )

    def _score(self, ask: np.ndarray, answer: np.ndarray, rows: np.ndarray, columns: np.ndarray, kind: int):
        scores = ask[rows] @ answer[columns].T / np.sqrt(ask.shape[1])
        scores += self._distance[kind][bucket(columns[None, :] - rows[:, None])]
        lines = np.clip(self._lines[columns][None, :] - self._lines[rows][:, None], -4, 4) + 4
        return scores + self._line[kind][lines]


def bucket(distance: np.ndarray) -> np.ndarray:
    """Number of the class of a distance in tokens: each up to 15, then wider and wider; 32 more for backwards."""
    size = np.abs(distance)
    far = 16 + np.minimum((np.log2((size + 1e-6) / 16).clip(0) * 3).astype(np.int64), 15)
    return np.where(size < 16, size, far) + np.where(distance >= 0, 0, 32)


def _assign_contents(contents: list[Span], scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each content the number of its cue, and the mean log-probability of that link."""
    mean = np.stack([scores[start:end].mean(0) for start, end in contents])
    return mean.argmax(1), mean.max(1)


def _choose_sources(cues: list[Span], sources: list[Span], links: Links) -> list[tuple[Span | None, float]]:
    """For each cue its source, or None when the cue points at itself, and the log-probability."""
    heads = np.array([start for start, _ in cues])
    first, last = links.source_of_cue(heads)
    chosen: list[tuple[Span | None, float]] = []
    for k, cue in enumerate(cues):
        options: list[tuple[float, Span | None]] = [(float(first[k, cue[0]] + last[k, cue[0]]), None)]
        options += [
            (float(first[k, start] + last[k, end - 1]), (start, end))
            for start, end in sources
            if not _overlap((start, end), cue)
        ]
        start = int(first[k].argmax())
        end = start + int(last[k, start : start + LONGEST_SOURCE].argmax()) + 1
        if not _overlap((start, end), cue):
            options.append((float(first[k, start] + last[k, end - 1]) - UNTAGGED_PENALTY, (start, end)))
        score, source = max(options, key=lambda option: option[0])
        chosen.append((source, score))
    return chosen


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _shifted(
    spans: list[Span], cue: Span, source: Span | None, scores: tuple[float, float, float, float], by: int
) -> TokenStatement:
    def shift(span: Span) -> Span:
        return span[0] + by, span[1] + by

    return TokenStatement([shift(s) for s in spans], shift(cue), source and shift(source), scores)


def _log_softmax(values: np.ndarray) -> np.ndarray:
    values = values - values.max(-1, keepdims=True)
    return values - np.log(np.exp(values).sum(-1, keepdims=True))
