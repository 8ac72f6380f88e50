"""In the seeds for datelines, each row is complete, and no name has two kinds by mistake."""

from __future__ import annotations

from collections import Counter

import pytest

from seeds import read_seed, split_cell
from seeds.datelines import load_agencies, load_cities, load_regions


@pytest.mark.parametrize("name", ["Reuters", "Agence France-Presse", "AFP", "dpa", "GLOBE NEWSWIRE", "Ma'an"])
def test_agencies_are_found_by_every_spelling(name):
    assert name in load_agencies()


def test_places_are_found_in_small_letters_by_every_name():
    assert {"new delhi", "mumbai", "bombay", "tallinn"} <= load_cities()
    assert {"pa.", "pei", "ontario", "india", "u.k."} <= load_regions()


def test_there_are_more_than_a_hundred_agencies_each_with_a_short_name_and_a_country():
    agencies = read_seed("agencies")
    assert len(agencies) > 100
    assert agencies["name"].is_unique().all()
    assert agencies["short"].null_count() == 0
    assert agencies["country"].str.contains("^[A-Z]{2}$").all()


def test_no_row_names_a_thing_twice():
    for seed in ("agencies", "places"):
        for row in read_seed(seed).iter_rows(named=True):
            names = Counter([row["name"], *split_cell(row["aliases"])])
            assert max(names.values()) == 1, row


def test_a_place_is_a_city_or_a_region():
    assert set(read_seed("places")["kind"]) == {"city", "region"}
