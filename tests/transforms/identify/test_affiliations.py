"""Decide which roles of one person share a row, and which roles stay separate."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.steps import build_from_bodies
from transforms.identify.affiliations import Row, contains, find_fullest
from transforms.resolve.role_times import is_acting, is_former

ACME, WWC = "acme", "wwc"


def row(role=None, body=None, country=None, place=None, source=None) -> Row:
    return Row(body, country, role, place, source or ("text" if country else None))


CONTAINED = [
    (row("foreign minister", country="NO"), row("minister", country="NO"), True),
    (row("foreign minister", country="NO"), row("foreign minister"), True),
    (row("chief executive", ACME), row("manager"), False),
    (row("chief executive officer", ACME), row("CEO", ACME), True),
    (row("chief", ACME), row("chief", WWC), False),
    (row("chief", ACME), row("former chief", ACME), False),
    (row("former chief", ACME), row("ex-chief"), True),
    (row("chief", ACME), row(None, ACME), True),
    (row("president", country="NO"), row("president", country="SE", source="context"), True),
    (row("president", ACME), row("president", country="NO", source="context"), False),
    (row("Sen.", place="Ohio"), row("senator"), True),
]


@pytest.mark.parametrize(("full", "part", "is_contained"), CONTAINED)
def test_fuller_row_contains_the_other_row(full: Row, part: Row, is_contained: bool):
    assert contains(full, part) is is_contained
    assert (find_fullest(Counter([full, part]))[part] == full) is is_contained


ROWS = st.builds(
    row,
    st.sampled_from([None, "minister", "foreign minister", "former minister", "chief"]),
    st.sampled_from([None, ACME, WWC]),
    st.sampled_from([None, "NO", "SE"]),
    st.sampled_from([None, "Ohio"]),
    st.sampled_from([None, "text", "context"]),
)


@given(st.lists(ROWS, max_size=8))
def test_no_row_that_is_left_contains_another(rows: list[Row]):
    fullest = find_fullest(Counter(rows))
    left = set(fullest.values())
    assert set(fullest) == set(rows) and left <= set(rows)
    assert not [(a, b) for a in left for b in left if a != b and contains(a, b)]
    assert find_fullest(Counter(reversed(rows))) == fullest


def test_former_and_acting_are_distinguished():
    assert is_former("former minister") and is_former("ex-minister") and not is_former("minister")
    assert is_acting("Acting director") and is_acting("interim leader") and not is_acting("director")
    assert not is_former(None) and not is_acting(None)


def test_person_of_one_role_stands_once_with_the_country():
    bodies = [
        "Norwegian Foreign Minister Jonas Berg said the talks would go on.",
        "Foreign Minister Jonas Berg said on Friday that prices had risen.",
        "Former Foreign Minister Jonas Berg said that it was late.",
    ]
    found = build_from_bodies(bodies).tables["affiliations"].sort("former")
    columns = ["country_code", "country_from", "former", "acting", "article_count"]
    assert found.select(columns).rows() == [("NO", "text", False, False, 2), (None, None, True, False, 1)]
    assert found["affiliation_id"].is_unique().all() and found.schema["former"] == pl.Boolean
