"""Map a word to a vector that represents its meaning without context.

The tagger represents a word by its pieces. The vectors of pieces come from a large encoder, so words with similar
meanings have similar vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from transforms.extract.tagger import load_tagger

WIDTH = 192
AT_ONCE = 5_000  # words whose pieces are in memory at a time


@lru_cache(50_000)
def meaning_of(word: str) -> np.ndarray:
    """Return the mean vector of a word's pieces, scaled to length one; zeros if no piece is known."""
    return _scaled(load_tagger().piece_vector(word))


def meanings_of(words: Sequence[str]) -> np.ndarray:
    """Return an array [words, WIDTH] with the vector that `meaning_of` returns for each word, computed together."""
    parts = [words[start : start + AT_ONCE] for start in range(0, len(words), AT_ONCE)]
    vectors = [load_tagger().piece_vectors(part) for part in parts]
    joined = np.concatenate([np.zeros((0, WIDTH), np.float32), *vectors])
    lengths = np.linalg.norm(joined, axis=1, keepdims=True)
    scaled: np.ndarray = joined / np.where(lengths > 0, lengths, 1)
    return scaled


def meaning_of_phrase(words: Sequence[str]) -> np.ndarray:
    """Return the mean vector of the words, scaled to length one."""
    return _scaled(np.add.reduce([meaning_of(word) for word in words]) / np.float32(len(words)))


def _scaled(vector: np.ndarray) -> np.ndarray:
    length = float(np.sqrt(vector @ vector))
    return vector / np.float32(length) if length > 0 else vector
