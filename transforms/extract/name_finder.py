"""Decode the probabilities of name tags to the names in a window, with their kinds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from transforms.extract.logarithms import add_logs
from transforms.extract.statement import Span
from transforms.extract.tagger import Window

# Subtracted from the scores of people and organizations: on annotated names the network finds too many.
COST = np.zeros(11, np.float32)
COST[1:3], COST[3:5] = 0.5, 1.0
LOWER_COST = COST.copy()  # for possible organizations, which the resolver accepts or drops
LOWER_COST[3:5] = 0.5
SHARED = 0.4  # how far the kind scores at one occurrence of a word move towards their mean over all its occurrences
OUTSIDE, NEVER = 0, np.float32(-1e9)
# Score of the step from one label (row) to the next: 0, or `NEVER` if a name would continue that did not begin.
ENTERS = np.zeros((11, 11), np.float32)
ENTERS[:, 2::2] = NEVER
for _inside in range(2, 11, 2):
    ENTERS[_inside - 1 : _inside + 1, _inside] = 0
LABELS_AS_KINDS = [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]  # "no name", or the kind, of each of the 11 labels
SCORED = [1, 2, 0]  # columns of "person", "organization" and "no name" in an array that begins with "no name"
KINDS = ("PERSON", "ORG", "GPE", "NORP", "MISC")  # GPE: any place; NORP: peoples, faiths, party members


class NameSpan(NamedTuple):
    """A name; tokens count from the start of the window.

    `person`, `organization`, `nothing`: log-probabilities that its words name a person, an organization, nothing."""

    first: int
    last: int
    kind: str
    person: float
    organization: float
    nothing: float


# Start and end in the text, in code points, the kind, and the three log-probabilities.
Name = tuple[int, int, str, float, float, float]
MAYBE = "MAYBE"  # kind of a possible organization


def read_names(window: Window, spans: Iterable[NameSpan]) -> list[Name]:
    """Return the names in a window, with offsets in the text: first the certain names, then possible organizations.

    No name contains a line break.
    """
    starts, ends = window.tokens.starts, window.tokens.ends
    spans = list(spans)
    certain = [span for span in spans if span.kind != MAYBE]
    possible = [span for span in spans if span.kind == MAYBE]
    return [
        (starts[window.start + span.first], ends[window.start + span.last - 1], *span[2:])
        for span in [*_join_partners(window, certain), *possible]
    ]


def _join_partners(window: Window, spans: Iterable[NameSpan]) -> list[NameSpan]:
    """Join the parts of a name: 'Brandt | & | Lowe', or a nationality and an organization: 'Dutch | Widget Club'."""
    words = window.tokens.words[window.start : window.end]
    joined: list[NameSpan] = []
    for first, last, kind, *scores in spans:
        if first > 1 and words[first - 1] == "&" and words[first - 2][:1].isupper():
            first, kind = first - 2, "ORG"
            while joined and joined[-1][1] > first:
                first = joined.pop()[0]
        elif kind == "ORG" and last - first > 1 and joined and joined[-1][1:3] == (first, "NORP"):
            first = joined.pop()[0]
        joined.append(NameSpan(first, last, kind, *scores))
    return joined


def name_spans(window: Window) -> list[NameSpan]:
    """Return the names in a window, in order, and after them possible organizations that overlap no name."""
    words = window.tokens.words[window.start : window.end]
    shared, of_kinds = _share_kinds(window.names, words)
    shared[window.breaks, 1:] = NEVER
    labels = best_names(shared - COST)
    starts, ends = _read_spans(labels)
    kinds = [KINDS[kind] for kind in (labels[starts] // 2).tolist()]
    if possible := _find_possible(labels, best_names(shared - LOWER_COST)):
        firsts, lasts = zip(*possible, strict=True)
        starts, ends = np.append(starts, firsts), np.append(ends, lasts)
        kinds += [MAYBE] * len(possible)
    if not kinds:
        return []
    sums = np.concatenate([np.zeros((1, 3)), np.cumsum(of_kinds[:, SCORED], axis=0, dtype=np.float64)])
    means = (sums[ends] - sums[starts]) / (ends - starts)[:, None]
    return [
        NameSpan(first, last, kind, *logs)
        for first, last, kind, logs in zip(starts.tolist(), ends.tolist(), kinds, means.tolist(), strict=True)
    ]


def _read_spans(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the names begin and end according to their labels."""
    begins = labels % 2 == 1
    over = np.append(begins | (labels == OUTSIDE), True)  # the words that do not continue a name
    return np.flatnonzero(begins), np.flatnonzero((labels != OUTSIDE) & over[1:]) + 1


def _find_possible(labels: np.ndarray, lower: np.ndarray) -> list[Span]:
    """Return the organizations of `lower`, the labels at a lower cost, that overlap no name of `labels`."""
    begin, inside = 2 * KINDS.index("ORG") + 1, 2 * KINDS.index("ORG") + 2
    found = []
    for first in np.flatnonzero((lower == begin) & (labels == OUTSIDE)).tolist():
        last = first + 1
        while last < len(lower) and lower[last] == inside:
            last += 1
        if not labels[first:last].any():
            found.append((first, last))
    return found


def _share_kinds(scores: np.ndarray, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Move the scores of each word with a capital towards their mean over all its occurrences in the window.

    A name whose kind is unclear in one sentence may be clear in another. Only the scores of kinds move, not whether a
    name begins at the word. Returns the scores of the labels, and the scores of "no name" and of each kind.
    """
    columns = np.ascontiguousarray(scores.T)  # numpy is faster with these than with so short rows
    kinds = np.concatenate([columns[:1], add_logs(columns[1::2], columns[2::2])]).T
    shared, of_kinds = scores.astype(np.float64), kinds.astype(np.float64)
    at = [i for i, word in enumerate(words) if word[0].isupper()]
    if at:
        places: dict[str, int] = {}
        rows = np.array([places.setdefault(words[i], len(places)) for i in at])
        sums = np.stack([np.bincount(rows, column, len(places)) for column in kinds[at].T], axis=1)
        moved = SHARED * (sums[rows] / np.bincount(rows)[rows, None] - kinds[at])
        shared[at] += moved[:, LABELS_AS_KINDS]
        of_kinds[at] += moved
    return shared, of_kinds


def best_names(scores: np.ndarray) -> np.ndarray:
    """Return the most likely labels of the tokens under the condition that a name continues only after its own kind.

    The most likely label of each token alone nearly always meets the condition. Only stretches between two outside
    labels that violate the condition are decoded as a whole.
    """
    labels: np.ndarray = scores.argmax(1)
    before = np.concatenate([[OUTSIDE], labels[:-1]])
    broken = (labels > 0) & (labels % 2 == 0) & (before != labels) & (before != labels - 1)
    outside = np.flatnonzero(labels == OUTSIDE)
    done = 0
    for i in np.flatnonzero(broken).tolist():
        if i < done:
            continue
        at = int(np.searchsorted(outside, i))
        first = int(outside[at - 1]) if at else 0
        done = int(outside[at]) if at < len(outside) else len(labels)
        labels[first:done] = _decode(scores[first:done])
    return labels


def _decode(scores: np.ndarray) -> np.ndarray:
    """Return the most likely row of labels in which a name continues only after its own kind (Viterbi algorithm)."""
    best = scores[0] + ENTERS[OUTSIDE]
    came_from = np.empty(scores.shape, np.int64)
    for t in range(1, len(scores)):
        paths = best[:, None] + ENTERS
        came_from[t] = paths.argmax(0)
        best = paths.max(0) + scores[t]
    labels = np.empty(len(scores), np.int64)
    labels[-1] = best.argmax()
    for t in range(len(scores) - 1, 0, -1):
        labels[t - 1] = came_from[t, labels[t]]
    return labels
