"""Look up the country of a place by name.

It reads hashes of city names from `models/places.npz` (see `training/cities.py`), and states and provinces from
`seeds/places.csv`. If places in several countries share a name, the name has no country.
"""

from __future__ import annotations

from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files

import numpy as np

from seeds import read_seed, split_cell
from transforms.resolve import lexicon
from transforms.resolve.accents import without_accents


def place_hash(name: str) -> int:
    """Return the hash of a name, ignoring accents and capitals."""
    plain = " ".join(without_accents(name).replace("’", "'").lower().split())
    return int.from_bytes(blake2b(plain.encode(), digest_size=4).digest(), "big")


@lru_cache(20_000)
def country_of_place(name: str) -> str | None:
    """Return the ISO 3166-1 code of the country of a city, state or province; None if unknown or ambiguous."""
    region = _regions().get(name)
    if region:
        return region
    hashes, countries = _cities()
    hashed = np.uint32(place_hash(name))
    at = int(np.searchsorted(hashes, hashed))
    return countries[at] if at < len(hashes) and hashes[at] == hashed else None


def is_region(name: str) -> bool:
    """Whether the name is that of a state or province, such as 'Ohio'."""
    return name in _regions()


def full_name(name: str) -> str:
    """Expand the short form of a state or province: 'OH' -> 'Ohio'; other names do not change."""
    return _short_forms().get(name) or _short_forms().get(f"{name}.") or name


@lru_cache(10_000)
def country_in_name(name: str) -> str | None:
    """Return the country of the longest nationality, country or place in an organization's name."""
    words, common = lexicon.split_words(name), _common_words()
    for size in (3, 2, 1):
        for i in range(len(words) - size + 1):
            part = " ".join(words[i : i + size])
            known = lexicon.known_names().get(part)
            if known and known.kind == "country":
                return known.country_code
            is_place = size < len(words) and part[0].isupper() and part.lower() not in common
            if is_place and (code := country_of_place(part)):
                return code
    return None


@cache
def _common_words() -> frozenset[str]:
    """Return words of organizations' names and of titles, which name small places, too: 'University', 'Union'."""
    return frozenset(lexicon.organization_words()) | lexicon.title_words()


@cache
def _short_forms() -> dict[str, str]:
    """Map short forms of states and provinces to their names."""
    return {
        short: row["name"]
        for row in read_seed("places").iter_rows(named=True)
        if row["kind"] == "region"
        for short in split_cell(row["aliases"])
        if short.isupper() or short.endswith(".")
    }


@cache
def _cities() -> tuple[np.ndarray, list[str]]:
    with (
        files("models").joinpath("places.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as stored,
    ):
        codes = stored["codes"].tolist()
        return stored["hashes"], [codes[i] for i in stored["countries"]]


@cache
def _regions() -> dict[str, str]:
    """Map states and provinces, and their short forms, to their country."""
    rows = read_seed("places").iter_rows(named=True)
    return {
        name: row["country_code"]
        for row in rows
        if row["country_code"]
        for name in [row["name"], *split_cell(row["aliases"])]
    }
