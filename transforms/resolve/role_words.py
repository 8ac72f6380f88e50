"""Words in lower case that name what a person is, though no list has them: 'rabbi', 'performer', 'strongman'.

A linear model over the sense of the word and its last letters (`models/roles.npz`, made by `training/role_nouns.py`).
It is asked only where the grammar speaks for a role: before a name, in an apposition.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from zlib import crc32

import numpy as np

from transforms.extract.meanings import meaning_of
from transforms.language import ENGLISH
from transforms.resolve.lexicon import is_role

ENDINGS = 512  # buckets of hashed endings
SHORTEST = 4


def may_be_role(word: str) -> bool:
    """Whether a word in lower case names a role, a job or what else a person is, by the lists or by its sense."""
    return is_role(word) or sounds_like_role(word)


@lru_cache(50_000)
def sounds_like_role(word: str) -> bool:
    """Whether a word that no list has names a role by its sense."""
    if len(word) < SHORTEST or not (word.isalpha() and word.islower()):
        return False
    weights, bias = _load()
    return float(describe(word) @ weights) + bias > 0


def describe(word: str) -> np.ndarray:
    """The sense of a word and its endings of two, three and four letters."""
    endings = np.zeros(ENDINGS, np.float32)
    for size in (2, 3, 4):
        endings[crc32(word[-size:].encode()) % ENDINGS] += 0.5
    return np.concatenate([meaning_of(word), endings])


@cache
def _load() -> tuple[np.ndarray, float]:
    with (
        files("models").joinpath(ENGLISH.models.roles).open("rb") as file,
        np.load(file, allow_pickle=False) as stored,
    ):
        return stored["weights"].astype(np.float32), float(stored["bias"])
