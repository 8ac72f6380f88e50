"""Which names of one article belong to one actor, and which actors of two articles are one."""

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
    """For each actor its names in the order of the text, the first actor first."""
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


def test_nickname_and_full_name_are_one_actor_in_two_articles():
    one = resolve("Robert Roe won.", {"Robert Roe": PERSON}, "a")
    two = resolve("Bob Roe lost.", {"Bob Roe": PERSON}, "b")
    assert [actor.actor_id for actor in one] == [actor.actor_id for actor in two]


def test_rule_tells_how_the_name_was_given():
    body = "Robert Roe won. Bob Roe cheered. Roe left."
    (roe,) = resolve(body, {"Robert Roe": PERSON, "Bob Roe": PERSON, "Roe": PERSON})
    assert {(body[m.start : m.end], m.rule) for m in roe.mentions} == {
        ("Robert Roe", "name"), ("Bob Roe", "nickname"), ("Roe", "surname"),
    }  # fmt: skip
