"""Decide which names of one article belong to one actor, and which actors of two articles are the same."""

from __future__ import annotations

import pytest

from transforms.resolve.article import resolve_article
from transforms.resolve.model import Actor

PERSON, ORG = "PERSON", "ORG"


def resolve(body: str, spans: dict[str, str], article: str = "a") -> list[Actor]:
    places = [
        (i, i + len(words), label)
        for words, label in spans.items()
        for i in range(len(body))
        if body.startswith(words, i)
    ]
    return resolve_article(article, body, sorted(places)).actors


def names(body: str, spans: dict[str, str]) -> list[list[str]]:
    """Return the names of each actor in text order; the actors are in the order of their first names."""
    actors = [[m for m in actor.mentions if m.kind == "name"] for actor in resolve(body, spans)]
    ordered = [sorted(mentions, key=lambda m: m.start) for mentions in actors if mentions]
    return [
        [body[m.start : m.end] for m in mentions] for mentions in sorted(ordered, key=lambda m: m[0].start)
    ]


ACTORS = [
    ("Robert Roe won. Bob Roe cheered.", {"Robert Roe": PERSON, "Bob Roe": PERSON}, [["Robert Roe", "Bob Roe"]]),
    ("Robert Roe won. Peter Roe cheered.", {"Robert Roe": PERSON, "Peter Roe": PERSON},
     [["Robert Roe"], ["Peter Roe"]]),
    ("Kristin Berg won. Kristen Berg left.", {"Kristin Berg": PERSON, "Kristen Berg": PERSON},
     [["Kristin Berg", "Kristen Berg"]]),
    ("Maria Berg won. Mario Berg left.", {"Maria Berg": PERSON, "Mario Berg": PERSON},
     [["Maria Berg"], ["Mario Berg"]]),
    ("Ann Maurer won. Later Mauer left.", {"Ann Maurer": PERSON, "Mauer": PERSON}, [["Ann Maurer", "Mauer"]]),
    ("The Church of Widgetry met. Widgetry paid.", {"Church of Widgetry": ORG, "Widgetry": ORG},
     [["Church of Widgetry", "Widgetry"]]),
    ("Marsh & Spender grew. M&S paid.", {"Marsh & Spender": ORG, "M&S": ORG}, [["Marsh & Spender", "M&S"]]),
    ("The Institute of Millwork met. The IOM panel agreed.", {"Institute of Millwork": ORG, "IOM": ORG},
     [["Institute of Millwork", "IOM"]]),
    ("The Dorne Alliance met. The DA won.", {"Dorne Alliance": ORG, "DA": ORG}, [["Dorne Alliance", "DA"]]),
    ("The Ministry of Widgetry met. The Widgetry Ministry paid.",
     {"Ministry of Widgetry": ORG, "Widgetry Ministry": ORG}, [["Ministry of Widgetry", "Widgetry Ministry"]]),
    ("Acme <ACM> fell. ACM rose.", {"Acme": ORG, "ACM": ORG}, [["Acme", "ACM", "ACM"]]),
    ("The Widget Council (Consejo de Dorne - CDD) met. CDD paid.",
     {"Widget Council": ORG, "Consejo de Dorne": ORG, "CDD": ORG},
     [["Widget Council", "Consejo de Dorne", "CDD", "CDD"]]),
    ("General Motors Co. grew. GM paid.", {"General Motors Co": ORG, "GM": ORG}, [["General Motors Co", "GM"]]),
    ("The Commerce Department met. Commerce said no.", {"Commerce Department": ORG, "Commerce said": ORG},
     [["Commerce Department", "Commerce"]]),
    ("Ann Jane Roe Berg (AJRB) won. People like AJRB.", {"AJRB": ORG}, [["Ann Jane Roe Berg", "AJRB", "AJRB"]]),
    ("Ali al-Marski left. Mr Marski won.", {"Ali al-Marski": PERSON, "Marski": PERSON}, [["Ali al-Marski", "Marski"]]),
    # Initials of the speakers in an interview.
    ("The Dorne Post met Ann Roe.\n\nTDP: Will it open?\n\nAR: Yes.", {"Dorne Post": ORG, "Ann Roe": PERSON},
     [["Dorne Post", "TDP"], ["Ann Roe", "AR"]]),
    ("Ann Roe met us.\n\nQ1: Will it open?\n\nA1: Yes.\n\nQ2: When?\n\nA2: Soon.", {"Ann Roe": PERSON},
     [["Ann Roe"]]),
    ("Jan Visser met Ann Roe.\n\nJV: Will it open?\n\nAR: Yes.", {"Jan Visser": PERSON, "Ann Roe": PERSON},
     [["Jan Visser", "JV"], ["Ann Roe", "AR"]]),
    ("The White House met. House Speaker Ann Roe left.", {"White House": ORG, "Ann Roe": PERSON},
     [["White House"], ["House"], ["Ann Roe"]]),
    ("The House of Commons met. House Speaker Ann Roe left.", {"House of Commons": ORG, "Ann Roe": PERSON},
     [["House of Commons", "House"], ["Ann Roe"]]),
    # Other names that the text gives.
    ('Jan Roe Berg, alias "El Visser," fled. El Visser paid. Kay Roe, aka Jo Kay, won. Kay left.',
     {"Jan Roe Berg": PERSON, "El Visser": PERSON, "Kay Roe": PERSON, "Jo Kay": PERSON},
     [["Jan Roe Berg", "El Visser", "El Visser"], ["Kay Roe", "Jo Kay", "Kay"]]),
    ("Visser, alias 'El Roe', fled. El Roe paid.", {"Visser": PERSON}, [["Visser", "El Roe", "El Roe"]]),
    ("The Widget Cartel, also known as the Dorne Gang, met. The Dorne Gang paid.",
     {"Widget Cartel": ORG, "Dorne Gang": ORG}, [["Widget Cartel", "Dorne Gang", "Dorne Gang"]]),
    # People with the same two family names are not one person.
    ("Ann Roe Berg met Jan Roe Berg. Berg left.", {"Ann Roe Berg": PERSON, "Jan Roe Berg": PERSON},
     [["Ann Roe Berg"], ["Jan Roe Berg", "Berg"]]),
    ("The Dutch Trade Ministry met the German Trade Ministry.",
     {"Dutch Trade Ministry": ORG, "German Trade Ministry": ORG},
     [["Dutch Trade Ministry"], ["German Trade Ministry"]]),
    ("The Dutch Government met. The Government of the Netherlands paid.",
     {"Dutch Government": ORG, "Government of the Netherlands": ORG},
     [["Dutch Government", "Government of the Netherlands"]]),
    ("The Italian Supreme Court of Cassation met. The Supreme Court ruled.",
     {"Italian Supreme Court of Cassation": ORG, "Supreme Court": ORG},
     [["Italian Supreme Court of Cassation", "Supreme Court"]]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "spans", "actors"), ACTORS, ids=[body for body, _, _ in ACTORS])
def test_names_of_one_actor(body: str, spans: dict[str, str], actors: list[list[str]]):
    assert names(body, spans) == actors


def test_generic_organization_belongs_to_the_state_named_with_it():
    spans = {"Congress": ORG, "Senate": ORG, "Bundestag": ORG, "Pentagon": ORG}
    bodies = resolve("Congress met. The Senate met.", spans)
    assert [body.country_code for body in bodies] == ["US", "US"]
    bodies = resolve("Congress met. The Pentagon met. The Senate met. The Bundestag met.", spans)
    assert [body.country_code for body in bodies if body.name == "Senate"] == [None]


def test_acronym_of_another_language_is_its_long_form():
    body = "Movimento 5 Lune (M5L) won. Later M5L lost."
    assert names(body, {"M5L": ORG}) == [["Movimento 5 Lune", "M5L", "M5L"]]


PRONOUNS = [
    ("Peter Berg spoke. In his speech, Paul Dorn said no.", "his", "Paul Dorn"),
    ("Peter Berg met Paul Dorn, his aide.", "his", "Peter Berg"),
    ("Ann Berg left. Peter Dorn's sister told him no.", "him", "Peter Dorn"),
]


@pytest.mark.parametrize(("body", "pronoun", "person"), PRONOUNS, ids=[body for body, _, _ in PRONOUNS])
def test_pronoun_means_the_person(body: str, pronoun: str, person: str):
    spans = dict.fromkeys(("Peter Berg", "Paul Dorn", "Ann Berg", "Peter Dorn"), PERSON)
    meant = [a.name for a in resolve(body, spans) for m in a.mentions if body[m.start : m.end] == pronoun]
    assert meant == [person]


def test_rule_says_how_the_name_was_given():
    body = "Robert Roe won. Bob Roe cheered. Roe left."
    (roe,) = resolve(body, {"Robert Roe": PERSON, "Bob Roe": PERSON, "Roe": PERSON})
    assert {(body[m.start : m.end], m.rule) for m in roe.mentions} == {
        ("Robert Roe", "name"), ("Bob Roe", "nickname"), ("Roe", "surname"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("The Congress voted no.", "United States Congress"),
        ("India voted. The Congress voted no.", "Congress"),
        ("The Bundestag met. The Congress voted no.", "Congress"),
        ("India thanked the U.S. on Monday. The Congress voted no.", "United States Congress"),
        ("India voted. The White House met the Congress.", "United States Congress"),
    ],
)
def test_congress_is_that_of_the_united_states_unless_the_article_names_only_other_countries(body, name):
    actors = resolve(body, {"Congress": ORG, "Bundestag": ORG})
    assert name in {actor.name for actor in actors if actor.kind == "organization"}


@pytest.mark.parametrize(("acronym", "whole"), [("FBI", "Federal Bureau of Investigation"), ("WGT", "WGT")])
def test_acronym_alone_is_the_whole_organization_not_its_unit(acronym: str, whole: str):
    unit = f"{acronym} Office of Inspection"
    body = f"The {unit} said no. The {acronym} waits."
    spans = [(4, 4 + len(unit), ORG), (body.rindex(acronym), body.rindex(acronym) + 3, ORG)]
    assert {actor.name for actor in resolve_article("a", body, spans).actors} == {unit, whole}


def test_body_of_a_country_is_not_that_of_a_larger_name():
    body = "The People’s Rescue Army Navy has ships. The Dutch Navy has two, and the French Navy has one."
    spans = {"People’s Rescue Army Navy": ORG, "Dutch Navy": ORG, "French Navy": ORG}
    assert names(body, spans) == [["People’s Rescue Army Navy"], ["Dutch Navy"], ["French Navy"]]


def test_initials_of_the_parts_of_a_word_come_before_the_seeds():
    body = "Pakistan Tamir-e-Insan held a rally. PTI leaders spoke."
    assert names(body, {"Pakistan Tamir-e-Insan": ORG, "PTI": ORG}) == [["Pakistan Tamir-e-Insan", "PTI"]]


@pytest.mark.parametrize(("place", "name"), [("India", "Reserve Bank of India"), ("Dorne", "RBI")])
def test_initials_of_a_state_body_mean_it_only_if_the_article_names_its_country(place: str, name: str):
    found = resolve(f"The RBI said so in {place}.", {"RBI": ORG})
    assert name in [actor.name for actor in found]
