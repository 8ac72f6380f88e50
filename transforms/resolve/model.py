"""The data of one article under resolution: names, roles, actors and their mentions.

Word ranges are half-open and count words of `Text`; code points are half-open offsets into the body.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from transforms.resolve.lexicon import Known


@dataclass(slots=True)
class Name:
    """One cleaned name in the text; `kind` is person, organization, country, group or place."""

    first: int
    last: int
    text: str
    kind: str
    known: Known | None = None
    form: str = "name"  # how it names its actor, one of ALIAS_RULES
    stands_for: str | None = None  # full name, when this is an acronym defined in the text


@dataclass(slots=True, eq=False)
class Role:
    """A role of a person as this article writes it.

    `country_code` is written with the role. `place` is where it is held when that is neither a body nor a country:
    "mayor of Dorne". `context_country`: the country of that place, or the one that this article makes clear;
    `country_from` says which.
    """

    text: str | None
    organization: Actor | None
    country_code: str | None
    count: int = 1  # how often the article says so
    place: str | None = None
    context_country: str | None = None
    country_from: str | None = None
    context_organization: Actor | None = None  # when only the context of the article gives it
    word: int = -1  # first word of the name that the role comes with


@dataclass(slots=True, eq=False)
class Actor:
    """One actor of one article."""

    kind: str
    name: str
    words: tuple[str, ...] = ()
    country_code: str | None = None
    context_country: str | None = None  # clear from the context, though not written
    gender: str | None = None
    org_type: str | None = None
    is_guessed: bool = False  # whether the type is a guess
    is_full: bool = True  # whether the name alone identifies it: not 'Roe', not 'Foreign Ministry'
    is_known: bool = False  # whether the seeds list it
    acronyms: set[str] = field(default_factory=set)
    roles: list[Role] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    profile_id: str = ""


@dataclass(slots=True, eq=False)
class Mention:
    """One mention of an actor; `kind` is name, nominal or pronoun, `rule` one of ALIAS_RULES."""

    first: int
    last: int
    start: int
    end: int
    kind: str
    rule: str
    actor: Actor
