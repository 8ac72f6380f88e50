"""Decode the probabilities of name tags to the names in a text, with their kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from transforms.extract.tagger import Window
from transforms.extract.tokens import LINE_BREAK

# Subtracted from the score of an organization, since the model finds too many on annotated names.
COST = np.zeros(11, np.float32)
COST[3:5] = 1.0
KINDS = ("PERSON", "ORG", "GPE", "NORP", "MISC")  # GPE: any place; NORP: nationalities, religions

Name = tuple[int, int, str]  # start and end in the text, in code points, and the kind


def read_names(window: Window) -> list[Name]:
    """Return the names in a window, in order; no name contains a line break."""
    starts, ends = window.tokens.starts, window.tokens.ends
    return [
        (starts[window.start + first], ends[window.start + last - 1], kind)
        for first, last, kind in _join_partners(window, name_spans(window))
    ]


def _join_partners(window: Window, spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Join parts of one name: 'Brandt & Lowe', and a nationality with its body, 'the Dutch | Widget Association'."""
    words = window.tokens.words[window.start : window.end]
    joined: list[tuple[int, int, str]] = []
    for first, last, kind in spans:
        if first > 1 and words[first - 1] == "&" and words[first - 2][:1].isupper():
            first, kind = first - 2, "ORG"
            while joined and joined[-1][1] > first:
                first = joined.pop()[0]
        elif kind == "ORG" and last - first > 1 and joined and joined[-1][1:] == (first, "NORP"):
            first = joined.pop()[0]
        joined.append((first, last, kind))
    return joined


def name_spans(window: Window) -> Iterator[tuple[int, int, str]]:
    """Yield first token, token after the last, and kind of each name; tokens count from the window's start."""
    labels = (window.names - COST).argmax(1)
    labels[[word == LINE_BREAK for word in window.tokens.words[window.start : window.end]]] = 0
    kinds = np.where(labels > 0, (labels - 1) // 2, -1)
    before = np.concatenate([[-1], kinds[:-1]])
    starts = np.flatnonzero((kinds >= 0) & ((labels % 2 == 1) | (kinds != before)))
    after = np.concatenate([kinds[1:], [-1]])
    begins_next = np.concatenate([labels[1:] % 2 == 1, [True]])
    ends = np.flatnonzero((kinds >= 0) & (begins_next | (kinds != after))) + 1
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        yield first, last, KINDS[kinds[first]]
