"""Classify the source of a statement."""

from __future__ import annotations

import pytest

from tests.transforms.resolve.test_speakers import ROE, First, resolve, who
from transforms.resolve.model import Actor
from transforms.resolve.sources import source_type, type_of_words

WORDS = [
    ("a senior official", "anonymous person"),
    ("two people familiar with the matter", "anonymous person"),
    ("a source close to the ministry", "anonymous person"),
    ("a spokesman for Acme", "anonymous person"),
    ("residents", "anonymous person"),
    ("the port authority", "organization"),
    ("the ministry", "organization"),
    ("a report by the agency", "document"),
    ("studies", "document"),
    ("one of the documents", "document"),
    ("a new poll this week", "document"),
    ("an indictment filed by prosecutors", "document"),
    ("official figures collected by the ministry", "document"),
    ("an arrest report seen by the paper", "document"),
    ("the injured", "anonymous person"),
    ("the dictionary", "document"),
    ("the precinct", "organization"),
    ("local news outlets", "organization"),
    ("the family of the victim", "collective"),
    ("27 percent of registered voters", "collective"),
    ("20%", "collective"),
    ("more than two-thirds of residents", "collective"),
    ("four-in-ten residents", "anonymous person"),
    ("", "anonymous person"),
]


@pytest.mark.parametrize(("words", "kind"), WORDS)
def test_head_noun_gives_the_kind(words: str, kind: str):
    assert type_of_words(words) == kind


def test_named_actors_are_what_they_are():
    kinds = {
        "person": "person",
        "organization": "organization",
        "country": "organization",
        "group": "collective",
    }
    assert {kind: source_type(Actor(kind, "Dorne")) for kind in kinds} == kinds
    assert source_type(None) == "none"
    assert source_type(Actor("unnamed", "a witness", is_full=False)) == "anonymous person"
    assert source_type(Actor("group", "local media", is_full=False)) == "collective"
    assert source_type(Actor("group", "reporters", is_full=False)) == "anonymous person"


@pytest.mark.parametrize("words", ["Somebody", "No one", "Someone in the town", "Many"])
def test_somebody_is_not_a_person_whom_the_text_names(words: str):
    found = resolve(
        f"Ann Roe left. {words} said it rained.", ROE, (words, "said", "it rained"), ranker=First()
    )
    assert who(found.speakers[-1]) == ("unnamed", words)
