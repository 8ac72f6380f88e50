"""Choose the source of each statement: a tagged source, the words that its head points to most, or none.

A linear model (`models/sources.npz`, trained by `training/source_weights.py`) compares the tagged sources that a cue
may have. It weighs the tagger's link against the place of the source: most cues have their source near, and on the
same line. The model is not used if the statement has no cue, or if the strongest link is not to a tagged source; then
the strongest link decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from transforms.extract.heads import Head
from transforms.extract.links import Links
from transforms.extract.statement import Span
from transforms.language import ENGLISH

LONGEST_SOURCE = 40  # tokens of a source without tags
UNTAGGED_PENALTY = 1.0  # subtracted from the link of a source that the head points to but the tags lack
REACH = 25.0  # log-probability; a link weaker by more than this cannot win, however near its source is
FEATURES = ("link", "none", "untagged", "other line", "distance", "before", "weakest word")
NEVER = -1e9  # below every log-probability
LEAST_TAG = -6.0  # log-probabilities of tags are cut here


class Options(NamedTuple):
    """The possible sources of the heads of a window, as arrays [heads, options].

    The first option is no source. The next ones are the tagged sources, and the last one is the words, tagged or not,
    that the head points to most. `links` has the log-probabilities that the head points to each source, or `NEVER` if
    the source overlaps the head.
    """

    heads: Sequence[Span]
    starts: np.ndarray
    ends: np.ndarray
    links: np.ndarray

    def span(self, head: int, option: int) -> Span | None:
        """Return a possible source of a head; None for the option "no source"."""
        return (int(self.starts[head, option]), int(self.ends[head, option])) if option else None


def choose_sources(
    heads: list[Head], sources: list[Span], links: Links, is_source: np.ndarray
) -> list[tuple[Span | None, float]]:
    """Return the source of each head, or None, with the log-probability of the head's strongest link.

    `is_source` has the log-probability that each token belongs to a source.
    """
    if not heads:
        return []
    options = find_options([head.span for head in heads], sources, links)
    scores = options.links.copy()
    scores[:, -1] -= UNTAGGED_PENALTY
    strongest, strength = scores.argmax(1), scores.max(1)
    rated = describe_options(options, links.lines, is_source.tolist()) @ load_weights()
    rated[options.links < strength[:, None] - REACH] = -np.inf
    best, untagged = rated[:, :-1].argmax(1), scores.shape[1] - 1
    is_rated = np.array([head.is_cue for head in heads]) & (strongest < untagged)
    chosen = np.where(is_rated, best, strongest).tolist()
    return [
        (options.span(k, option), score)
        for k, (option, score) in enumerate(zip(chosen, strength.tolist(), strict=True))
    ]


def find_options(heads: Sequence[Span], sources: list[Span], links: Links) -> Options:
    """Return the possible sources of each of the heads, of which there is at least one."""
    begin, end = np.array(heads, np.int64).T
    first, last = links.source_of_head(begin)
    starts = np.empty((len(heads), len(sources) + 2), np.int64)
    ends = np.empty_like(starts)
    starts[:, 0], ends[:, 0] = begin, begin + 1  # no source means that the head points to itself
    starts[:, 1:-1], ends[:, 1:-1] = np.array(sources, np.int64).reshape(-1, 2).T[:, None]
    starts[:, -1] = first.argmax(1)
    ends[:, -1] = [
        start + int(row[start : start + LONGEST_SOURCE].argmax()) + 1
        for start, row in zip(starts[:, -1].tolist(), last, strict=True)
    ]
    rows = np.arange(len(heads))[:, None]
    found = (first[rows, starts] + last[rows, ends - 1]).astype(np.float64)
    found[:, 1:][(starts[:, 1:] < end[:, None]) & (begin[:, None] < ends[:, 1:])] = NEVER
    return Options(heads, starts, ends, found)


def describe_options(options: Options, lines: np.ndarray, is_source: Sequence[float]) -> np.ndarray:
    """Return the features of the possible sources as an array [heads, options, features]."""
    begin, end = np.array(options.heads, np.int64).T[:, :, None]
    starts, ends = options.starts[:, 1:], options.ends[:, 1:]
    is_before = starts < begin
    tagged = zip(starts[0, :-1].tolist(), ends[0, :-1].tolist(), strict=True)
    untagged = zip(starts[:, -1].tolist(), ends[:, -1].tolist(), strict=True)
    features = np.zeros((len(FEATURES), *options.links.shape))
    features[0] = options.links
    features[1, :, 0] = 1
    features[2, :, -1] = 1
    features[3, :, 1:] = lines[starts] != lines[begin]
    features[4, :, 1:] = np.log1p(np.maximum(np.where(is_before, begin - ends, starts - end), 0))
    features[5, :, 1:] = is_before
    features[6, :, 1:-1] = [min(is_source[first:last]) for first, last in tagged]
    features[6, :, -1] = [min(is_source[first:last]) for first, last in untagged]
    np.maximum(features[6], LEAST_TAG, out=features[6])
    return features.transpose(1, 2, 0)


@cache
def load_weights() -> np.ndarray:
    """Return one weight per feature, loaded once per process."""
    with files("models").joinpath(ENGLISH.models.sources).open("rb") as file, np.load(file) as stored:
        if stored["features"].tolist() != list(FEATURES):
            raise ValueError(
                "models/sources.npz is for other features: run `python -m training.source_weights`"
            )
        weights: np.ndarray = stored["weights"]
    return weights
