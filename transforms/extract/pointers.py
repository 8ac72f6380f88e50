"""Estimate which name a source or a personal pronoun refers to, if any.

The tagger's links point from a word to the words of names. A pointer sums the probabilities of the words of one name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np

from transforms.extract.links import Links
from transforms.extract.name_finder import MAYBE, NameSpan
from transforms.extract.statement import TokenStatement
from transforms.extract.tagger import Tagger, Window

# Start of a word; start of the name that it refers to (the word's own start if there is no name); log-probability.
Pointer = tuple[int, int, float]

PRONOUNS = frozenset("he him his she her hers".split())
# In every mix of small and capital letters: looking up a word as it is written is faster than to lower it.
WRITTEN_PRONOUNS = frozenset(
    "".join(letters) for word in PRONOUNS for letters in product(*zip(word, word.upper(), strict=True))
)
LEAST = np.log(0.02)
NEVER = -30.0


def read_pointers(
    window: Window, statements: Iterable[TokenStatement], spans: Iterable[NameSpan], tagger: Tagger
) -> Iterator[Pointer]:
    """Yield the likely pointers of a window to its names (`spans`).

    The spans of `statements` count from the start of the text.
    """
    voters = _find_voters(window, statements)
    if not voters:
        return
    names = [(span.first, span.last) for span in spans if span.kind != MAYBE]
    rows = np.array(sorted({row for words in voters.values() for row in words}))
    chances = np.exp(Links(window, tagger).who_is_meant(rows))
    sums = np.zeros((len(rows), chances.shape[1] + 1))
    np.cumsum(chances, 1, np.float64, out=sums[:, 1:])
    starts, ends = np.array(names, np.int64).reshape(-1, 2).T
    named = sums[:, ends] - sums[:, starts]
    words = np.array([(words[0], words[-1]) for words in voters.values()])
    places = np.searchsorted(rows, words)
    nobody = chances[places, words].sum(1) / np.float32(2)
    found = np.column_stack([nobody, (named[places[:, 0]] + named[places[:, 1]]) / 2])
    scores = np.log(np.maximum(found, np.exp(NEVER)))
    begins, own = window.tokens.starts[window.start : window.end], list(voters)
    is_likely = scores >= LEAST
    for (row, target), score in zip(np.argwhere(is_likely).tolist(), scores[is_likely].tolist(), strict=True):
        name = names[target - 1][0] if target else own[row]
        yield begins[own[row]], begins[name], score


def _find_voters(window: Window, statements: Iterable[TokenStatement]) -> dict[int, list[int]]:
    """Map the first word of each source or pronoun to the words whose links count for it.

    For a source, these are its first word and the first word of the cue or, without a cue, of the content.
    """
    size = window.end - window.start
    voters: dict[int, list[int]] = {
        i: [i]
        for i, word in enumerate(window.tokens.words[window.start : window.end])
        if word in WRITTEN_PRONOUNS
    }
    for statement in statements:
        if statement.source:
            first = statement.source[0] - window.start
            head = (statement.cue or statement.contents[0])[0] - window.start
            if 0 <= head < size and 0 <= first < size:
                voters[first] = sorted({first, head})
    return voters
