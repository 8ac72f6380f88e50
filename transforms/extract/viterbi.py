"""Find the most likely valid row of tags: a span cannot continue before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

OUTSIDE, BEGIN, INSIDE = 0, 1, 2
GROUP = 96  # windows that are decoded together
NEVER = np.float32(-1e9)


def best_labels(windows: Sequence[np.ndarray], opening_cost: np.ndarray) -> list[np.ndarray]:
    """Decode windows of log-probabilities [tokens, layers, 3] to tags [tokens, layers].

    `opening_cost` has one cost per layer, which is subtracted for each span that begins, so that a doubtful word inside
    a long content does not split the content.
    """
    labels: list[np.ndarray] = [np.empty(0)] * len(windows)
    order = sorted(range(len(windows)), key=lambda i: len(windows[i]))
    for first in range(0, len(order), GROUP):
        group = order[first : first + GROUP]
        found = _decode([windows[i] for i in group], opening_cost)
        for k, i in enumerate(group):
            labels[i] = found[: len(windows[i]), k]
    return labels


def _decode(windows: list[np.ndarray], opening_cost: np.ndarray) -> np.ndarray:
    """Decode windows to tags [longest, windows, layers]; shorter windows are padded with OUTSIDE."""
    longest, layers = max(map(len, windows)), windows[0].shape[1]
    scores = np.full((longest, 3, len(windows), layers), NEVER, np.float32)
    scores[:, OUTSIDE] = 0
    for k, window in enumerate(windows):
        scores[: len(window), :, k] = window.transpose(0, 2, 1)
    scores[:, BEGIN] -= opening_cost.astype(np.float32)
    scores[0, INSIDE] = NEVER
    # For each tag, the score of the best row of tags that may stand before it.
    best = np.empty_like(scores[0])
    best_of_all, open_ = best[:INSIDE], best[INSIDE]
    for before, now in pairwise(scores):  # from here on, the score of the best row of tags up to a word
        np.maximum(before[BEGIN], before[INSIDE], out=open_)
        np.maximum(before[OUTSIDE], open_, out=best_of_all)
        now += best
    outside, begin, inside = scores.swapaxes(0, 1)
    before_inside = np.where(begin >= inside, np.int8(BEGIN), np.int8(INSIDE))  # the best tag before INSIDE
    # At first, each label is the best one if the next tag is not INSIDE. From each INSIDE back to the next BEGIN, the
    # labels are then corrected.
    labels = np.where(outside >= np.maximum(begin, inside), np.int8(OUTSIDE), before_inside)
    labels[-1] = np.argmax(scores[-1], 0)
    places = np.arange(longest)[:, None, None]
    next_inside = np.minimum.accumulate(np.where(labels == INSIDE, places, longest)[::-1])[::-1]
    next_begin = np.minimum.accumulate(np.where(before_inside == BEGIN, places, longest)[::-1])[::-1]
    np.copyto(labels[:-1], before_inside[:-1], where=next_inside[1:] < next_begin[1:])
    return labels
