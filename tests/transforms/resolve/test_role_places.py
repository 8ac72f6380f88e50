"""Owners of roles that only the context tells: guesses of the model, and well-known holders of offices."""

from __future__ import annotations

import re

import pytest

from tests.steps import build_from_bodies
from transforms.resolve import role_places
from transforms.resolve.article import resolve_article
from transforms.resolve.model import Actor, Role
from transforms.resolve.office_holders import country_of_holder
from transforms.resolve.role_places import KINDS, usual_owner

NAMES = {"Ann Roe": "PERSON", "Widget Works": "ORG", "Dorne University": "ORG", "Dorne United": "ORG"}


def role_of_roe(body: str) -> Role:
    spans = [(m.start(), m.end(), kind) for name, kind in NAMES.items() for m in re.finditer(name, body)]
    actors = resolve_article("a", body, sorted(spans)).actors
    return next(role for actor in actors if actor.name == "Ann Roe" for role in actor.roles)


def owner_of(role: Role) -> Actor | None:
    return role.organization or role.context_organization


@pytest.mark.parametrize(
    ("role", "kind"),
    [("chief executive", "company"), ("striker", "sports"), ("professor", "education"), ("justice", "court")],
)
def test_words_of_a_role_tell_the_usual_kind_of_owner(role: str, kind: str):
    shares, _ = usual_owner(tuple(role.split()))
    assert KINDS[int(shares.argmax())] == kind


GUESSED = [
    (
        "Widget Works opened a factory. It makes chairs.\n\nThe first day was quiet, sales manager Ann Roe said.",
        "Widget Works",
    ),
    (
        "Students of Dorne University built a boat. It sank.\n\nIt was cheap.\n\nNobody was hurt. The weather "
        "was good.\n\nThe next one will be larger, researcher Ann Roe said.",
        "Dorne University",
    ),
    (
        "Dorne United won on Sunday. The match was short.\n\nIt rained all day. The crowd was small.\n\nThe trip was "
        "long. Defender Ann Roe said she was happy.",
        "Dorne United",
    ),
]


@pytest.mark.parametrize(("body", "name"), GUESSED)
def test_role_without_an_owner_gets_the_fitting_organization_of_the_article(body: str, name: str):
    owner = owner_of(role_of_roe(body))
    assert owner is not None and owner.name == name


def test_guessed_owner_counts_as_context():
    role = role_of_roe(GUESSED[0][0])
    assert role.organization is None and role.context_organization is not None


def test_owner_in_the_text_is_kept():
    body = "Widget Works grew. Widget Works hired. Ann Roe, a researcher at Dorne University, said so."
    owner = owner_of(role_of_roe(body))
    assert owner is not None and owner.name == "Dorne University"


def test_role_that_is_nobodys_job_has_no_owner():
    assert owner_of(role_of_roe("Widget Works opened a factory. A farmer, Ann Roe, watched.")) is None


def test_article_with_too_many_candidates_gets_no_guesses(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(role_places, "MOST_OWNERS", 0)
    assert owner_of(role_of_roe(GUESSED[1][0])) is None


HOLDERS = [
    ("President", ("macron",), "FR"),
    ("former President", ("emmanuel", "macron"), "FR"),
    ("President", ("ann", "macron"), None),  # another person with the same family name
    ("club president", ("macron",), None),
    ("president", ("morales",), None),  # of two countries
    ("president", ("evo", "morales"), "BO"),
    ("Prime Minister", ("macron",), None),
    ("Taoiseach", ("ann", "roe"), "IE"),  # an office that only one country has
    ("PM", ("tony", "blair"), "GB"),
    ("President", ("xi",), "CN"),
    (None, ("macron",), None),
    ("President", (), None),
]


@pytest.mark.parametrize(("role", "words", "country"), HOLDERS)
def test_well_known_holder_of_an_office_gives_its_country(
    role: str | None, words: tuple[str, ...], country: str | None
):
    assert country_of_holder(role, words) == country


def test_candidate_of_one_party_is_not_of_another():
    body = "The Labour Party won. The Conservative candidate, Ann Roe, said she was sad."
    tables = build_from_bodies([body]).tables
    names = dict(tables["actors"].select("actor_id", "name").rows())
    rows = tables["affiliations"].select("actor_id", "organization_id").rows()
    assert "Labour Party" not in [names.get(body) for person, body in rows if names[person] == "Ann Roe"]


def test_a_former_role_is_not_at_the_body_of_todays_role():
    body = "Acme's chairman, former treasurer Ann Roe, will retire. Acme makes chairs."
    tables = build_from_bodies([body]).tables
    held = tables["affiliations"].select("role", "organization_id").sort("role").rows()
    assert [(role, organization is None) for role, organization in held] == [
        ("chairman", False),
        ("former treasurer", True),
    ]
