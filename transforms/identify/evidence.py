"""Compare facts about people, which distinguish namesakes or link two names.

A stored profile has `Facts`: countries, fields of work, employers, offices. The facts of two profiles may contradict
each other, agree, or do neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from transforms.resolve import lexicon
from transforms.resolve.fitting import role_words
from transforms.resolve.profiles import initials
from transforms.resolve.word_lists import LOOSE

# One person may work for several organizations of these types, in turn or at the same time.
PUBLIC = frozenset(("government", "intergovernmental", "party", "court", "police", "military"))
# Pairs of fields of work that one person often combines; two other fields mean two people.
ALLIED = frozenset(
    frozenset(pair)
    for pair in [
        ("politics", "law"), ("politics", "business"), ("politics", "military"), ("politics", "science"),
        ("politics", "media"), ("science", "medicine"), ("science", "business"), ("arts", "media"),
        ("business", "law"), ("business", "media"), ("law", "police"), ("military", "police"),
    ]
)  # fmt: skip
LAST_DAY = date.max


@dataclass(slots=True, eq=False)
class Facts:
    """The facts about one person.

    `bodies` has the names and initials of organizations. `offices` has pairs: the words of an office, and its country.
    """

    countries: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    employers: set[str] = field(default_factory=set)
    bodies: set[str] = field(default_factory=set)
    offices: set[tuple[frozenset[str], str | None]] = field(default_factory=set)

    def add(self, other: Facts) -> None:
        self.countries |= other.countries
        self.fields |= other.fields
        self.employers |= other.employers
        self.bodies |= other.bodies
        self.offices |= other.offices

    def distinguishing(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Return the facts that may differ between namesakes: countries, fields of work and employers."""
        return frozenset(self.countries), frozenset(self.fields), frozenset(self.employers)


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One profile of a person with its facts; `place` sorts profiles by the day on which they were first seen."""

    profile_id: str
    name: str
    words: tuple[str, ...]
    article_id: str | None
    around: frozenset[str]
    weight: int
    place: tuple[date, str]
    facts: Facts


def read_person(row: dict[str, Any]) -> Person:
    """Read a stored profile, a dict whose `roles` is a list of dicts."""
    facts = Facts()
    facts.countries |= {row["country_code"], *(role["country_code"] for role in row["roles"])} - {None}
    for role in row["roles"]:
        _add_role(facts, role)
    place = (row["first_seen_on"] or LAST_DAY, row["profile_id"])
    around = frozenset(row["around"])
    return Person(
        row["profile_id"], row["name"], tuple(row["words"]), row["article_id"], around, row["article_count"],
        place, facts,
    )  # fmt: skip


def _add_role(facts: Facts, role: dict[str, Any]) -> None:
    words = frozenset(role_words(role["text"] or "") - LOOSE)
    fields = lexicon.role_fields()
    facts.fields |= {fields[word] for word in words if word in fields}
    if words:
        facts.offices.add((words, role["country_code"]))
    if role["body"]:
        facts.bodies |= {role["body"], initials(role["body"].split())}  # 'WWC' for 'world widget council'
        if role["body_type"] not in PUBLIC:
            facts.employers.add(role["body"])


def offices_in(words: Iterable[str]) -> set[str]:
    """Return the words that name an office or rank, such as 'minister', but no job, such as 'professor'."""
    kinds = lexicon.titles()
    return {word for word in words if kinds.get(word) in ("role", "military")}


def contradict(one: Facts, other: Facts) -> bool:
    """Whether two namesakes must be different people, because their countries, work or employers differ."""
    if one.bodies & other.bodies:
        return False
    if one.countries and other.countries and not one.countries & other.countries:
        return True
    if one.employers and other.employers:
        return True
    return bool(one.fields and other.fields) and not any(
        mine == yours or frozenset((mine, yours)) in ALLIED for mine in one.fields for yours in other.fields
    )


def agree_on_office(one: Facts, other: Facts, countries: frozenset[str] = frozenset()) -> bool:
    """Whether two people have the same office of the same country; one description of the office may be shorter.

    "Minister" agrees with "foreign minister", but "trade minister" does not. `countries` are the countries of `one` if
    its facts have no country.
    """
    for words, country in one.offices:
        states = {country} if country else one.countries or countries
        for theirs, their_country in other.offices:
            their_states = {their_country} if their_country else other.countries
            nested = words <= theirs or theirs <= words
            if nested and offices_in(words & theirs) and states & their_states:
                return True
    return False
