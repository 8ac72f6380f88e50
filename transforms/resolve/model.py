"""What resolving one article is about: names, roles, actors and their mentions.

A word range is half-open and counts words of `Text`; code points are half-open offsets into the body.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from transforms.resolve.lexicon import Known


@dataclass(slots=True)
class Name:
    """One cleaned name in the text. `kind`: person, organization, country, group or place."""

    first: int
    last: int
    text: str
    kind: str
    known: Known | None = None
    form: str = "name"  # rule by which it may name its actor, see ALIAS_RULES
    stands_for: str | None = None  # full name, when this is an acronym defined in the text


@dataclass(slots=True, eq=False)
class Role:
    """A role of a person as this article writes it.

    `country_code` is written with the role. `place` is where it is held when that is neither a body nor a country:
    "mayor of Dorne". `context_country`: the country of that place, or the one that leaves no doubt in this article;
    `country_from` tells which.
    """

    text: str | None
    organization: Actor | None
    country_code: str | None
    count: int = 1  # how often the article says so
    place: str | None = None
    context_country: str | None = None
    country_from: str | None = None
    context_organization: Actor | None = None  # where the sense of the article tells it alone
    word: int = -1  # first word of the name that it is told with


@dataclass(slots=True, eq=False)
class Actor:
    """One actor of one article."""

    kind: str
    name: str
    words: tuple[str, ...] = ()
    country_code: str | None = None
    context_country: str | None = None  # where the article tells none and leaves no doubt
    gender: str | None = None
    org_type: str | None = None
    is_guessed: bool = False  # whether the type is a guess
    is_full: bool = True  # whether the name alone tells who it is: not 'Roe', not 'Foreign Ministry'
    is_known: bool = False  # whether the seeds tell who it is
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
