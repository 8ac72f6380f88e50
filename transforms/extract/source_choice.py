"""Choose the source of each statement: a tagged source, the words that its head points to most, or none.

A linear model (`models/sources.npz`, trained by `training/source_weights.py`) compares the tagged sources that a cue
may have. It weighs the tagger's link against the place of the source: most cues have their source near, and on the
same line. The model is not used if the statement has no cue, or if the strongest link is not to a tagged source; then
the strongest link decides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from transforms.extract.heads import Head, overlap
from transforms.extract.links import Links
from transforms.extract.statement import Span
from transforms.language import ENGLISH

LONGEST_SOURCE = 40  # tokens of a source without tags
UNTAGGED_PENALTY = 1.0  # subtracted from the link of a source that the head points to but the tags lack
REACH = 25.0  # log-probability; a link weaker by more than this cannot win, however near its source is
FEATURES = ("link", "none", "untagged", "other line", "distance", "before", "weakest word")
LEAST_TAG = -6.0  # log-probabilities of tags are cut here


class Option(NamedTuple):
    """A possible source of a statement, with the log-probability that the head points to it.

    The span is None in the option "no source".
    """

    span: Span | None
    link: float
    is_tagged: bool = True

    @property
    def score(self) -> float:
        return self.link if self.is_tagged else self.link - UNTAGGED_PENALTY


def choose_sources(
    heads: list[Head], sources: list[Span], links: Links, is_source: np.ndarray
) -> list[tuple[Span | None, float]]:
    """Return the source of each head, or None, with the log-probability of the head's strongest link.

    `is_source` has the log-probability that each token belongs to a source.
    """
    chosen = []
    lines, inside = links.lines.tolist(), is_source.tolist()  # numpy takes longer to give single numbers
    for head, options in zip(heads, find_options([head.span for head in heads], sources, links), strict=True):
        best = strongest = max(options, key=lambda option: option.score)
        if head.is_cue and strongest.is_tagged:
            least = strongest.link - REACH
            tagged = [option for option in options if option.is_tagged and option.link >= least]
            if len(tagged) > 1:
                rated = describe_options(head.span, tagged, lines, inside) @ load_weights()
                best = tagged[int(rated.argmax())]
        chosen.append((best.span, strongest.score))
    return chosen


def find_options(heads: Sequence[Span], sources: list[Span], links: Links) -> list[list[Option]]:
    """Return the possible sources of each head; the first is no source, which means that the head points to itself."""
    if not heads:
        return []
    first, last = links.source_of_head(np.array([start for start, _ in heads], np.int64))
    starts, ends = np.array(sources, np.int64).reshape(-1, 2).T
    of_sources = (first[:, starts] + last[:, ends - 1]).tolist()
    found = []
    for k, head in enumerate(heads):
        options = [Option(None, float(first[k, head[0]] + last[k, head[0]]))]
        options += [
            Option(source, link)
            for source, link in zip(sources, of_sources[k], strict=True)
            if not overlap(source, head)
        ]
        start = int(first[k].argmax())
        end = start + int(last[k, start : start + LONGEST_SOURCE].argmax()) + 1
        if not overlap((start, end), head):
            options.append(Option((start, end), float(first[k, start] + last[k, end - 1]), is_tagged=False))
        found.append(options)
    return found


def describe_options(
    head: Span, options: Sequence[Option], lines: Sequence[int], is_source: Sequence[float]
) -> np.ndarray:
    """Return the features of the possible sources of a head as an array [options, features]."""
    return np.array([_describe(head, option, lines, is_source) for option in options])


def _describe(
    head: Span, option: Option, lines: Sequence[int], is_source: Sequence[float]
) -> tuple[float, ...]:
    if option.span is None:
        return (option.link, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    start, end = option.span
    between = start - head[1] if start > head[0] else head[0] - end
    return (
        option.link,
        0.0,
        float(not option.is_tagged),
        float(lines[start] != lines[head[0]]),
        math.log1p(between),
        float(start < head[0]),
        max(min(is_source[start:end]), LEAST_TAG),
    )


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
