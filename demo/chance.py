"""Random numbers that depend only on a seed and on what they are for, so that any part of a demo can be made alone."""

from __future__ import annotations

from functools import cache
from zlib import crc32

import numpy as np
import polars as pl

from demo.world import read_words

Numbers = np.ndarray


class Chance:
    """The random numbers of one seed. A purpose and the numbers of a row, such as a story's, identify each of them."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def share(self, purpose: str, *rows: Numbers) -> Numbers:
        """A number from 0 to below 1 per row; `rows` are arrays of whole numbers that identify each row together."""
        state = np.full(len(rows[0]), (self.seed << 32) + crc32(purpose.encode()), np.uint64)
        for numbers in rows:
            state = _mix(state ^ _mix(numbers.astype(np.uint64)))
        return (state >> np.uint64(11)) / 2.0**53

    def draw(self, purpose: str, shares: tuple[float, ...], *rows: Numbers) -> Numbers:
        """The place in `shares` of a random outcome per row; `shares` has the probability of each outcome."""
        at = np.searchsorted(np.cumsum(shares), self.share(purpose, *rows), side="right")
        return np.minimum(at, len(shares) - 1)

    def words(self, purpose: str, kind: str, *rows: Numbers) -> pl.Series:
        """A word of one kind in `words.csv` per row, all equally likely."""
        words = read_words(kind)
        return words[(self.share(purpose, *rows) * len(words)).astype(np.int64)]


def _mix(state: Numbers) -> Numbers:
    """Spread the bits of each number (the last steps of splitmix64)."""
    state = (state + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(state ^ (state >> np.uint64(31)))


@cache
def power_law(exponent: float, most: int) -> tuple[float, ...]:
    """The probabilities of 1 to `most`, in proportion to their power of minus `exponent`."""
    shares = np.arange(1, most + 1) ** -exponent
    return tuple((shares / shares.sum()).tolist())


@cache
def poisson(mean: float, most: int) -> tuple[float, ...]:
    """The probabilities of 0 to `most` in a Poisson distribution, which is cut off there."""
    counts = np.arange(most + 1)
    logs = counts * np.log(mean) - np.cumsum(np.log(np.maximum(counts, 1)))
    return tuple((np.exp(logs) / np.exp(logs).sum()).tolist())
