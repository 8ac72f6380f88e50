"""Guessed types of organizations and countries, and the countries of places."""

from __future__ import annotations

import polars as pl
import pytest

from tests.steps import build_from_bodies
from transforms.resolve.article import resolve_article
from transforms.resolve.gazetteer import country_in_name, country_of_place
from transforms.resolve.guessed_countries import country_of_dateline

PLACES = [
    ("Kherson", "UA"), ("Bridgend", "GB"), ("La Paz", "BO"), ("Ohio", "US"), ("Ariz.", "US"), ("kyiv", "UA"),
    ("Zürich", "CH"), ("Zurich", "CH"), ("Nowhere on Earth", None),
]  # fmt: skip


@pytest.mark.parametrize(("place", "country"), PLACES)
def test_place_is_in_its_country(place: str, country: str | None):
    assert country_of_place(place) == country


@pytest.mark.parametrize(
    ("dateline", "country"),
    [("OSLO", "NO"), ("Toledo, Ohio", "US"), ("THE HAGUE, Netherlands", "NL"), (None, None), ("Xyzzy", None)],
)
def test_dateline_gives_the_country(dateline: str | None, country: str | None):
    assert country_of_dateline(dateline) == country


def test_name_of_an_organization_gives_the_country():
    assert country_in_name("University of Oslo") == "NO"
    assert country_in_name("Widget Workers Union") is None
    assert country_in_name("Oslo City Council") == "NO"
    assert country_in_name("Royal Norwegian Widget Club") == "NO"
    assert country_in_name("Widget Club") is None


TYPES = [
    ("Dorne High Court", "The Dorne High Court ruled.", "court"),
    ("Dorne Police", "Dorne Police arrested two men.", "police"),
    ("Dorne Police Department", "The Dorne Police Department arrested two men.", "police"),
    ("Dorne University", "Students of Dorne University met.", "education"),
    ("Dorne Rovers", "Dorne Rovers won the match.", "sports"),
    ("Royal Dorne Army", "The Royal Dorne Army moved.", "military"),
    ("Widget Holdings Ltd", "Shares of Widget Holdings Ltd fell.", "company"),
]


@pytest.mark.parametrize(("name", "body", "org_type"), TYPES)
def test_words_of_a_name_give_the_type(name: str, body: str, org_type: str):
    start = body.index(name)
    (actor,) = resolve_article("a", body, [(start, start + len(name), "ORG")]).actors
    assert actor.org_type == org_type


STATED = [
    ("Ellerby", "The newspaper Ellerby closed.", "media"),
    ("Ellerby", "The Ellerby newspaper closed.", "media"),
    ("Ellerby", "The news agency Ellerby closed.", "media"),
    ("Ellerby", "He runs the central bank Ellerby.", "agency"),
    ("Ellerby", "He runs the intelligence agency Ellerby.", "agency"),
    ("Ellerby", "He runs the telecom provider Ellerby.", "company"),
    ("Ellerby", "The intelligence service Ellerby declined to comment.", "agency"),
    ("Ellerby", "Ellerby, the national intelligence service, closed.", "agency"),
    ("Ellerby", "He leads the trade union Ellerby.", "ngo"),
    ("Ellerby", "He works for the rights group Ellerby.", "ngo"),
    ("Ellerby", "He works for the think tank Ellerby.", "ngo"),
    ("Ellerby", "He listens to the radio station Ellerby.", "media"),
    ("Ellerby", "Ellerby, a charity, closed.", "ngo"),
    ("Congress", "In Delhi, the ruling Congress party of India won.", "party"),
    ("Ellerby Council", "Ellerby Council, the company of the year, closed.", "company"),
]


@pytest.mark.parametrize(("name", "body", "org_type"), STATED, ids=[body for _, body, _ in STATED])
def test_noun_next_to_a_name_states_the_type(name: str, body: str, org_type: str):
    start = body.index(name)
    spans = [(start, start + len(name), "ORG")]
    spans += [
        (body.index(place), body.index(place) + 5, "GPE") for place in ("Delhi", "India") if place in body
    ]
    actors = resolve_article("a", body, sorted(spans)).actors
    assert [actor.org_type for actor in actors if actor.kind == "organization"] == [org_type]


def test_country_from_the_context_is_kept_apart_from_a_stated_one():
    body = "Norway votes. Norway's voters are many. In Oslo, the mayor met Ann Roe."
    start = body.index("Ann Roe")
    spans = [(0, 6, "GPE"), (14, 20, "GPE"), (start, start + 7, "PERSON")]
    resolved = resolve_article("a", body, spans, (), "OSLO")
    (person,) = [profile for profile in resolved.profiles if profile.kind == "person"]
    assert (person.country_code, person.context_country) == (None, "NO")


COUNTRIES = [
    # Whoever owns the body tells its country, though another country is named more often.
    ("Norway and Norway. Chile's Ministry of Widgets met.", ["Norway", "Chile"], "Ministry of Widgets", "CL"),
    ("Norway and Norway. Santiago de Chile's Widget Club met.", ["Norway", "Santiago de Chile"], "Widget Club", "CL"),
    ("Norway and Norway. Chile's second-biggest grocer Acme fell.", ["Norway", "Chile"], "Acme", "CL"),
    ("Norway votes. BBC Widgets met.", ["Norway"], "BBC Widgets", "GB"),
    ("Norway votes. BBC Norway met.", ["Norway"], "BBC Norway", "NO"),
    ("Ireland beat England 19-13, the captain said after the match and goal.", ["Ireland", "England"], "England", "GB"),
    # A body of many countries.
    ("Norway votes. Norway thanked the European Widget Federation.", ["Norway"], "European Widget Federation", None),
    ("Norway votes. Norway thanked FIFA.", ["Norway"], "FIFA", None),
    ("Norway votes. Norway thanked the Norwegian World Institute.", ["Norway"], "Norwegian World Institute", "NO"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "places", "name", "country"), COUNTRIES)
def test_words_of_and_before_a_name_give_the_country(
    body: str, places: list[str], name: str, country: str | None
):
    start = body.index(name)
    spans = [(start, start + len(name), "GPE" if name in places else "ORG")]
    for place in places:
        ranges = [(i, i + len(place), "GPE") for i in range(len(body)) if body.startswith(place, i)]
        spans += [(i, end, label) for i, end, label in ranges if not start <= i < start + len(name)]
    (found,) = [a for a in resolve_article("a", body, sorted(spans)).actors if a.name == name]
    assert (found.country_code or found.context_country) == country


def test_row_of_a_table_and_a_town_are_nobody():
    body = "Revs 12.5 mln vs 9.9 mln\nHe was born in Kherson and left Kherson."
    spans = [
        (0, 4, "PERSON"),
        *((i, i + 7, "PERSON") for i in range(len(body)) if body.startswith("Kherson", i)),
    ]
    assert resolve_article("a", body, spans).actors == []


SHORT = [
    ("RSA Widgets grew. RSA said so.", {"RSA Widgets": "ORG", "RSA": "GPE"}, "RSA Widgets"),
    ("The lake is dry. Photo: EPA", {"EPA": "ORG"}, "EPA"),
    ("The EPA said so.", {"EPA": "ORG"}, "Environmental Protection Agency"),
    ("RSA won the match.", {"RSA": "GPE"}, "South Africa"),
]


@pytest.mark.parametrize(("body", "spans", "name"), SHORT)
def test_short_name_of_a_seed_gives_way_to_what_the_article_shows(
    body: str, spans: dict[str, str], name: str
):
    taken = [
        (i, i + len(words), label)
        for words, label in spans.items()
        for i in range(len(body))
        if body.startswith(words, i) and not (words == "RSA" and body.startswith("RSA Widgets", i))
    ]
    assert {actor.name for actor in resolve_article("a", body, sorted(taken)).actors} == {name}


def test_intergovernmental_organization_is_of_no_country():
    body = "Norway votes. The United Nations thanked Norway in Oslo."
    resolved = resolve_article("a", body, [(0, 6, "GPE"), (18, 32, "ORG")], (), "OSLO")
    (nations,) = [actor for actor in resolved.actors if actor.kind == "organization"]
    assert (nations.country_code, nations.context_country) == (None, None)


def test_an_official_of_many_states_has_no_country_from_the_context():
    body = "Spain votes. Spain's voters are many, European Commission spokesman Jan Roe said."
    labels = [("Spain", "GPE"), ("European Commission", "ORG"), ("Jan Roe", "PERSON")]
    spans = [(body.index(name), body.index(name) + len(name), label) for name, label in labels]
    (person,) = [a for a in resolve_article("a", body, spans).actors if a.kind == "person"]
    assert (person.country_code, person.context_country) == (None, None)


@pytest.mark.parametrize(
    "body",
    [
        "Norway votes. He met his Chilean counterpart Ann Roe.",
        "Norway votes, Chilean Trade Ministry spokeswoman Ann Roe said.",
    ],
)
def test_nationality_before_a_name_gives_the_country(body: str):
    people = build_from_bodies([body]).tables["actors"].filter(pl.col("kind") == "person")
    assert people.select("name", "country_code").rows() == [("Ann Roe", "CL")]


def test_a_ministry_is_of_the_country_named_before_it_in_the_sentence():
    body = (
        "The White House said no. The United States and its Congress were divided.\n\n"
        "In Oslo, foreign ministry spokesman Jan Berg said Norway would wait, urging the American side to act."
    )
    tables = build_from_bodies([body]).tables
    (ministry,) = tables["organizations"].filter(pl.col("name") == "foreign ministry").to_dicts()
    (person,) = tables["actors"].filter(pl.col("name") == "Jan Berg").to_dicts()
    assert (ministry["country_code"], person["country_code"]) == ("NO", "NO")
