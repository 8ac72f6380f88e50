"""Recognize lower-case words that say what a person is, even unlisted words: 'rabbi', 'performer', 'strongman'.

A linear model over the word's vector and its last letters decides (`models/roles.npz`, trained by
`training/role_nouns.py`). It is used only where the grammar suggests a role: before a name, in an apposition.
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
UNROLED = frozenset("employee employees staff staffers".split())  # people whom the model takes for things


def may_be_role(word: str) -> bool:
    """Whether a lower-case word names a role, a job or another kind of person, by the lists or by its meaning."""
    return is_role(word) or sounds_like_role(word)


def may_be_person(noun: str) -> bool:
    """Whether a noun means a person or people: a role, or a word such as 'employee', 'staff' or '34-year-old'."""
    return noun in UNROLED or noun.endswith("-year-old") or may_be_role(noun)


@lru_cache(50_000)
def sounds_like_role(word: str) -> bool:
    """Whether the meaning of a word that is not on any list suggests a role."""
    return len(word) >= SHORTEST and word.isalpha() and word.islower() and sense_of_role(word) > 0


@lru_cache(50_000)
def sense_of_role(word: str) -> float:
    """Return the score of the model for a word; a score above 0 means that the word names a role."""
    weights, bias = load_linear(ENGLISH.models.roles)
    return float(describe(word) @ weights) + bias


def describe(word: str) -> np.ndarray:
    """Return the features of a word: its vector and its endings of two, three and four letters."""
    endings = np.zeros(ENDINGS, np.float32)
    for size in (2, 3, 4):
        endings[crc32(word[-size:].encode()) % ENDINGS] += 0.5
    return np.concatenate([meaning_of(word), endings])


@cache
def load_linear(model: str) -> tuple[np.ndarray, float]:
    """Return the weights and the bias of a linear model, by its file name in `models/`."""
    with files("models").joinpath(model).open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return stored["weights"].astype(np.float32), float(stored["bias"])
