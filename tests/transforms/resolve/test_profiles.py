"""Collect what one article says about an actor, and compare it with other articles."""

from __future__ import annotations

import pytest

from tests.transforms.samples import NORP, ORG, PERSON, places
from transforms.resolve.article import resolve_article
from transforms.resolve.profiles import Profile

NAMES = {
    "Robert Roe": PERSON,
    "Bob Roe": PERSON,
    "Roe": PERSON,
    "Labour Party": ORG,
    "Dutch": NORP,
    "Acme Corp": ORG,
}


def profiles(body: str, article: str = "a") -> dict[str, Profile]:
    """Return profiles by the names of their actors."""
    spans = [(i, i + len(name), label) for name, label in NAMES.items() for i in places(body, name)]
    return {profile.name: profile for profile in resolve_article(article, body, sorted(spans)).profiles}


def test_nickname_and_full_name_have_the_same_words():
    (bob,), (robert,) = profiles("Bob Roe won.").values(), profiles("Robert Roe lost.").values()
    assert bob.words == robert.words == ("robert", "roe")
    assert bob.block == robert.block


SAME = [
    ("Robert Roe won.", "Robert Roe", True),
    ("Dutch minister Roe won.", "Roe", True),
    ("Acme Corp chief Roe won.", "Roe", True),
    ("Minister Roe won.", "Roe", False),
    ("Mr. Roe won.", "Roe", False),
    ("The Labour Party won.", "Labour Party", False),
    ("The Dutch Labour Party won.", "Netherlands", True),
]


@pytest.mark.parametrize(("body", "name", "same"), SAME, ids=[body for body, *_ in SAME])
def test_an_ambiguous_name_stays_within_its_article(body: str, name: str, same: bool):
    one, two = profiles(body, "a")[name], profiles(body, "b")[name]
    assert (one.profile_id == two.profile_id) == same
    assert (one.article_id is None) == same


def test_a_role_names_the_profile_of_its_organization():
    found = profiles("Acme Corp chief Robert Roe won.")
    (role,) = found["Robert Roe"].roles
    assert (role.text, role.body, role.body_profile) == ("chief", "acme", found["Acme Corp"].profile_id)


def test_profile_ids_stay_what_published_warehouses_have():
    found = profiles("Acme Corp chief Robert Roe won.")
    assert found["Robert Roe"].profile_id == "a43d4216384e3fe8d111f42aa7b6c66b"
    assert found["Acme Corp"].profile_id == "7d700c53a9fd210f15dbfa87d937a259"
