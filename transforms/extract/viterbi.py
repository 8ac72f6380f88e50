"""Find the most likely valid row of tags: a span cannot continue before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

OUTSIDE, BEGIN, INSIDE = 0, 1, 2
NEVER = np.float32(-1e9)


def best_labels(windows: Sequence[np.ndarray], opening_cost: np.ndarray) -> list[np.ndarray]:
    """Decode windows of log-probabilities [tokens, layers, 3] to tags [tokens, layers].

    `opening_cost` has one cost per layer, which is subtracted for each span that begins, so that a doubtful word inside
    a long content does not split the content.
    """
    if not windows:
        return []
    ends = list(accumulate(map(len, windows)))
    firsts = [0, *ends[:-1]]
    outside, begin, inside = np.concatenate([window.transpose(2, 1, 0) for window in windows], 2)
    # From here on, all scores are relative to OUTSIDE.
    begin -= outside
    begin -= opening_cost.astype(np.float32)[:, None]
    inside -= outside
    inside[:, firsts] = NEVER
    labels = _decode(begin, inside, max(map(len, windows)))
    return [labels[:, first:end].T for first, end in zip(firsts, ends, strict=True)]


def _decode(begin: np.ndarray, inside: np.ndarray, longest: int) -> np.ndarray:
    """Decode the scores of BEGIN and INSIDE [layers, tokens] to tags; the longest window has `longest` tokens."""
    goes_on = _continue(begin, inside, longest)
    in_span = np.where(begin >= goes_on, np.int8(BEGIN), np.int8(INSIDE))  # the best tag of a word in a span
    labels = np.where(np.maximum(begin, goes_on) <= 0, np.int8(OUTSIDE), in_span)
    # Each label is the best one if the next is not INSIDE. The words before an INSIDE are in its span, too.
    orphans = np.nonzero((labels[:, 1:] == INSIDE) & (labels[:, :-1] == OUTSIDE))
    for layer, i in zip(*(places.tolist() for places in orphans), strict=True):
        while labels[layer, i] == OUTSIDE:
            labels[layer, i] = in_span[layer, i]
            i -= in_span[layer, i] == INSIDE
    return labels


def _continue(begin: np.ndarray, inside: np.ndarray, longest: int) -> np.ndarray:
    """Return the score of continuing a span at each word, if all words before have their best tags.

    It depends on the score of being in a span at the word before. Instead of following the words one by one, each pass
    computes the scores of all words from those of the pass before. A few passes are enough, because most words are so
    clearly inside or outside that the words before them do not matter; `longest` passes always are.
    """
    in_span, before = np.minimum(begin, 0), np.empty_like(begin)
    goes_on = np.full_like(begin, NEVER)
    for _ in range(longest):
        in_span, before = before, in_span
        np.add(before[:, :-1], inside[:, 1:], out=goes_on[:, 1:])
        np.maximum(begin, goes_on, out=in_span)
        np.minimum(in_span, 0, out=in_span)
        if np.array_equal(in_span, before):
            break
    return goes_on
