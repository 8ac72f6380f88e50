"""Texts -> the names in them, as spaCy's entity recogniser finds them, for all words of a batch at once.

spaCy goes from word to word, and asks at each which of its moves are allowed and which of these is the best. But
outside of a name that depends on the word alone, and within one on the word, the word before and the first of the
name. So the first is computed for all words together, the second for all names together, one word further at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

AT_ONCE = 4000  # tokens that are read together, some 5 kB each
WORDS_KEPT = 200_000  # some 0.4 kB each

Name = tuple[int, int, str]  # start and end in the text, in code points, and the kind: PERSON, ORG, GPE …


class Recogniser:
    """Reads with the tokenizer and the weights of a pipeline's entity recogniser."""

    def __init__(self, pipeline: Language) -> None:
        recogniser: Any = pipeline.get_pipe("ner")
        layer = recogniser.model.get_ref
        self._pipeline, self._vectors = pipeline, layer("tok2vec")
        # What a word adds to the hidden layer: as the one that is read, as the first of the name, as the one before.
        weights = layer("lower").get_param("W").swapaxes(1, 2)  # [3 places, pieces, hidden, width]
        places, *self._hidden, width = weights.shape
        self._read, self._first, self._before = weights.reshape(places, -1, width).swapaxes(1, 2)
        _, *self._no_name = layer("lower").get_param("pad")[0].swapaxes(1, 2).reshape(places, -1)
        self._bias = layer("lower").get_param("b").T.reshape(-1)
        self._out, self._out_bias = layer("upper").get_param("W").T, layer("upper").get_param("b")

        named = map(recogniser.moves.get_class_name, range(self._out_bias.size))
        moves = [(move[:1], move[2:]) for move in named]  # B-ORG and so on: begins, in, last, unit, out
        number = {move: i for i, move in enumerate(moves)}
        letters, kinds = np.array(moves).T
        self._kinds = kinds.tolist()
        self._opens, self._is_none = letters == "B", letters == "O"
        # U without a kind is for words of which it was told before that they are no names.
        self._is_all = (letters == "U") & (kinds != "")
        self._goes_on, self._closes = (
            np.array([number.get((letter, kind), 0) for kind in self._kinds]) for letter in "IL"
        )

    def find(self, texts: Iterable[str]) -> list[list[Name]]:
        """The names of each text, in order."""
        # The products are small: threads would only wait for each other.
        with threadpool_limits(1, "blas"), self._new_words():
            docs = map(self._pipeline.make_doc, texts)
            return [names for group in _together(docs) for names in self._find(group)]

    def _new_words(self) -> AbstractContextManager[Any]:
        """What becomes of words that are new: once there are many, they are forgotten with the block."""
        return self._pipeline.memory_zone() if len(self._pipeline.vocab) > WORDS_KEPT else nullcontext()

    def _find(self, docs: list[Doc]) -> list[list[Name]]:
        lengths = [len(doc) for doc in docs]
        tokens = np.concatenate([doc.to_array(["IDX", "LENGTH", "IS_SPACE"]) for doc in docs])
        starts, ends = tokens[:, 0], tokens[:, 0] + tokens[:, 1]
        is_last = np.zeros(len(tokens), bool)
        is_last[np.cumsum(lengths)[np.array(lengths) > 0] - 1] = True
        spans, kinds = self._spans(self._vectors.predict(docs), tokens[:, 2] > 0, is_last)
        rows = zip(
            np.repeat(np.arange(len(docs)), lengths)[spans[:, 0]].tolist(),
            starts[spans[:, 0]].tolist(),
            ends[spans[:, 1]].tolist(),
            kinds,
            strict=True,
        )
        names: list[list[Name]] = [[] for _ in docs]
        for doc, start, end, kind in rows:
            if not names[doc] or names[doc][-1][1] <= start:  # else it was read as part of the name before
                names[doc].append((start, end, kind))
        return names

    def _spans(
        self, vectors: np.ndarray, is_space: np.ndarray, is_last: np.ndarray
    ) -> tuple[np.ndarray, list[str]]:
        """The first and the last token of each name, [names, 2], and the kinds; some begin within another one."""
        read = vectors @ self._read
        allowed = (
            self._is_none
            | (self._is_all & ~is_space[:, None])
            | (self._opens & ~(is_space | is_last)[:, None])
        )
        move = np.where(allowed, self._scores(read + self._no_name[0] + self._no_name[1]), -np.inf).argmax(1)
        start = np.flatnonzero(~self._is_none[move])
        move, end = move[start], start.copy()
        open_ = np.flatnonzero(self._opens[move])
        first = vectors[start] @ self._first
        while open_.size:
            end[open_] += 1
            at = end[open_]
            scores = self._scores(read[at] + first[open_] + vectors[at - 1] @ self._before)
            state = np.arange(open_.size)
            is_going_on = (
                scores[state, self._goes_on[move[open_]]] >= scores[state, self._closes[move[open_]]]
            )
            open_ = open_[is_going_on & ~is_last[at]]
        return np.stack([start, end], 1), [self._kinds[i] for i in move]

    def _scores(self, added: np.ndarray) -> np.ndarray:
        """How good each move is, [states, moves], from what the words add to the hidden layer."""
        hidden = (added + self._bias).reshape(len(added), *self._hidden).max(1)
        return hidden @ self._out + self._out_bias


def _together(docs: Iterable[Doc]) -> Iterator[list[Doc]]:
    """Texts in groups of about AT_ONCE tokens."""
    group, tokens = [], 0
    for doc in docs:
        group.append(doc)
        tokens += len(doc)
        if tokens >= AT_ONCE:
            yield group
            group, tokens = [], 0
    if group:
        yield group
