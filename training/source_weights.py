"""Train the model that chooses a statement's source: `python -m training.source_weights WHO [--unseen MORE]`.

WHO has one annotated article per line, with statements that name their `speakers`; only its held-out articles are used
(see `training.who`). MORE has the same form, and the tagger was trained on none of its articles. For each statement
found that has a cue and is annotated, the possible sources are compared. A source is right if it overlaps with the
annotated source by half; no source is right if none is annotated. Fits the weights of a softmax over the possible
sources, starting from the choice by links alone, and writes them to `models/sources.npz`. Prints how many sources are
right, cross-validated over the articles. Needs only numpy.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np

import models
from training.calibrate import is_alike, words_of
from training.corpus import Example, build_example
from training.references import SHARED, read_lines
from training.who import convert, is_held_out
from transforms.extract import OPENING_COST
from transforms.extract.links import Links
from transforms.extract.logarithms import add_logs
from transforms.extract.repair import repair
from transforms.extract.source_choice import FEATURES, NEVER, UNTAGGED_PENALTY, describe_options, find_options
from transforms.extract.span_decoder import SOURCE, read_spans, read_statements
from transforms.extract.statement import Span
from transforms.extract.tagger import Tagger, Window, load_tagger
from transforms.extract.viterbi import BEGIN, INSIDE, best_labels

FOLDS = 8
STEPS, RATE, RIDGE = 2000, 0.01, 1.0
# The weights of the choice by links alone.
START = np.array([{"link": 1.0, "untagged": -UNTAGGED_PENALTY}.get(name, 0.0) for name in FEATURES])


class Question(NamedTuple):
    """One statement: the features of its possible sources, which of them are right, and the fold of the article."""

    rows: np.ndarray
    right: np.ndarray
    fold: int


def read_questions(examples: Sequence[Example], tagger: Tagger) -> Iterator[Question]:
    """Yield one question for each statement found that has a cue and matches an annotated statement."""
    for example, windows in zip(examples, tagger.tag([e.text for e in examples]), strict=True):
        fold = crc32(example.text.encode()) % FOLDS
        gold = [words_of(example, statement) for statement in example.statements]
        for window, labels in zip(
            windows, best_labels([window.tags for window in windows], OPENING_COST), strict=True
        ):
            for found in read_statements(window, labels, tagger):
                whole = repair(window.tokens, found)
                sources = [source for content, source in gold if is_alike(whole, content)]
                if found.cue and sources:
                    yield _question(window, labels, found.cue, sources[0], tagger)._replace(fold=fold)


def _question(window: Window, labels: np.ndarray, cue: Span, source: set[int], tagger: Tagger) -> Question:
    links = Links(window, tagger)
    head = (cue[0] - window.start, cue[1] - window.start)
    options = find_options([head], read_spans(labels[:, SOURCE]), links)
    possible = np.flatnonzero(options.links[0] > NEVER)
    spans = [options.span(0, option) for option in possible.tolist()]
    right = np.array(
        [_is_same(span and (span[0] + window.start, span[1] + window.start), source) for span in spans]
    )
    is_source = add_logs(window.tags[:, SOURCE, BEGIN], window.tags[:, SOURCE, INSIDE])
    return Question(describe_options(options, links.lines, is_source.tolist())[0, possible], right, 0)


def _is_same(span: Span | None, source: set[int]) -> bool:
    """Whether a possible source shares at least half of its words with the annotated source, or both are missing."""
    found = set(range(*span)) if span else set()
    return (
        2 * len(found & source) >= SHARED * (len(found) + len(source))
        if found and source
        else not (found or source)
    )


def fit(questions: Sequence[Question]) -> np.ndarray:
    """Find the weights for which the right sources are most probable, by gradient ascent.

    A penalty keeps the weights near `START`.
    """
    open_questions = [q for q in questions if q.right.any() and not q.right.all()]
    rows = np.concatenate([q.rows for q in open_questions])
    right = np.concatenate([q.right for q in open_questions])
    sizes = [len(q.right) for q in open_questions]
    firsts = np.cumsum([0, *sizes[:-1]])
    scale = np.maximum(rows.std(0), 1e-6)
    weights, mean, square = START * scale, np.zeros(len(FEATURES)), np.zeros(len(FEATURES))
    for step in range(1, STEPS + 1):
        scores = rows @ (weights / scale)
        chances = np.exp(scores - np.repeat(np.maximum.reduceat(scores, firsts), sizes))
        chances /= np.repeat(np.add.reduceat(chances, firsts), sizes)
        wanted = chances * right
        wanted /= np.repeat(np.add.reduceat(wanted, firsts), sizes)
        slope = (rows.T @ (wanted - chances) - RIDGE * (weights / scale - START)) / scale
        mean += 0.1 * (slope - mean)
        square += 0.001 * (slope**2 - square)
        move = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        weights += RATE * (1 - step / (STEPS + 1)) * move
    fitted: np.ndarray = weights / scale
    return fitted


def count_right(questions: Sequence[Question], weights: np.ndarray) -> int:
    return sum(bool(q.right[int((q.rows @ weights).argmax())]) for q in questions)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("who", type=Path)
    parser.add_argument("--unseen", type=Path, help="annotated articles that the tagger did not learn from")
    parser.add_argument("--out", type=Path, default=Path(models.__file__).with_name("sources.npz"))
    options = parser.parse_args()
    articles = [*filter(is_held_out, read_lines(options.who))]
    articles += read_lines(options.unseen) if options.unseen else []
    examples = [build_example(convert(article), {}) for article in articles]
    questions = list(read_questions(examples, load_tagger()))
    held_out = sum(
        count_right([q for q in questions if q.fold == n], fit([q for q in questions if q.fold != n]))
        for n in range(FOLDS)
    )
    print(f"of {len(questions):,} sources, {count_right(questions, START):,} are right by links alone, "
          f"{held_out:,} by the model in cross-validation")  # fmt: skip
    weights = fit(questions)
    print(", ".join(f"{name} {weight:.2f}" for name, weight in zip(FEATURES, weights, strict=True)))
    np.savez_compressed(options.out, weights=weights, features=np.array(FEATURES))


if __name__ == "__main__":
    main()
