"""What a dateline is made of: names of agencies, of cities that stand in datelines alone, of states and countries.

In: `agencies.csv`, `places.csv`, `countries.csv`. Out: sets of names for look-ups, built once.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from seeds import read_seed, split_cell


@cache
def load_agencies() -> frozenset[str]:
    """Names, short names and other spellings of agencies and newswires, as they write them: `Reuters`, `dpa`, `AFP`."""
    seed = read_seed("agencies")
    return frozenset(_names(seed) | set(seed["short"].drop_nulls()))


@cache
def load_cities() -> frozenset[str]:
    """Cities known by their name alone, in small letters: `new delhi`."""
    capitals = set(read_seed("countries")["capital"].drop_nulls())
    return _fold(_names(read_seed("places").filter(pl.col("kind") == "city")) | capitals)


@cache
def load_regions() -> frozenset[str]:
    """States, provinces and countries with their abbreviations, in small letters: `pa.`, `ontario`, `india`."""
    regions = _names(read_seed("places").filter(pl.col("kind") == "region"))
    return _fold(regions | _names(read_seed("countries")))


def _names(seed: pl.DataFrame) -> set[str]:
    return {name for row in seed.iter_rows(named=True) for name in (row["name"], *split_cell(row["aliases"]))}


def _fold(names: set[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)
