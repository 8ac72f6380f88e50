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


@lru_cache(50_000)
def meaning_of(word: str) -> np.ndarray:
    """Return the mean vector of a word's pieces, scaled to length one; zeros if no piece is known."""
    return _scaled(load_tagger().piece_vector(word))


def meaning_of_phrase(words: Sequence[str]) -> np.ndarray:
    """Return the mean vector of the words, scaled to length one."""
    return _scaled(np.mean([meaning_of(word) for word in words], axis=0))


def _scaled(vector: np.ndarray) -> np.ndarray:
    length = float(np.linalg.norm(vector))
    scaled: np.ndarray = (vector / length if length > 0 else vector).astype(np.float32)
    return scaled
