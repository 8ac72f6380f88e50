"""Load the names that occur in datelines: agencies, cities, states and countries.

The sets are built once from `agencies.csv`, `places.csv` and `countries.csv`.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from seeds import read_seed, split_cell


@cache
def load_agencies() -> frozenset[str]:
    """Names, short names and other spellings of agencies and newswires: `Reuters`, `dpa`, `AFP`."""
    seed = read_seed("agencies")
    return frozenset(_names(seed) | set(seed["short"].drop_nulls()))


@cache
def load_cities() -> frozenset[str]:
    """Lower-case names of cities that datelines give without a country: `new delhi`."""
    capitals = set(read_seed("countries")["capital"].drop_nulls())
    return _fold(_names(read_seed("places").filter(pl.col("kind") == "city")) | capitals)


@cache
def load_regions() -> frozenset[str]:
    """Lower-case names and abbreviations of states, provinces and countries: `pa.`, `ontario`, `india`."""
    regions = _names(read_seed("places").filter(pl.col("kind") == "region"))
    return _fold(regions | _names(read_seed("countries")))


def _names(seed: pl.DataFrame) -> set[str]:
    return {name for row in seed.iter_rows(named=True) for name in (row["name"], *split_cell(row["aliases"]))}


def _fold(names: set[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)
