"""Define the data of one article while it is resolved: names, roles, actors, their mentions, and speakers.

`first` and `last` are word indices of a `Text`; `start` and `end` are code points of the body. Ranges are half-open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from transforms.resolve import lexicon
from transforms.resolve.lexicon import Known

Offsets = tuple[int, int]


@dataclass(slots=True)
class Name:
    """One cleaned name in the text; `kind` is person, organization, country, group or place."""

    first: int
    last: int
    text: str
    kind: str
    known: Known | None = None
    form: str = "name"  # how the name is written, one of ALIAS_RULES
    stands_for: str | None = None  # full name, if this is an acronym that the text defines
    is_certain: bool = False  # whether the layout shows that this is a name
    is_rejected: bool = False  # whether a rule takes the name for no actor


@dataclass(slots=True, eq=False)
class Role:
    """A role of a person, as this article writes it.

    `country_code` is the country written with the role. `place` is where the role is held, if that is neither an
    organization nor a country: "mayor of Dorne". `context_country` is the country of that place or, if there is
    none, the country that the article implies; `country_from` says which of the two it is.
    """

    text: str | None
    organization: Actor | None
    country_code: str | None
    count: int = 1  # how often the article gives the role
    place: str | None = None
    context_country: str | None = None
    country_from: str | None = None
    context_organization: Actor | None = None  # the organization, if only the context gives it
    word: int = -1  # first word of the name that the role is written with


@dataclass(slots=True, eq=False)
class Actor:
    """One actor, as a single article names and describes it."""

    kind: str
    name: str
    words: tuple[str, ...] = ()
    country_code: str | None = None
    context_country: str | None = None  # implied by the context
    gender: str | None = None
    org_type: str | None = None
    is_guessed: bool = False  # whether the type is a guess
    is_stated: bool = False  # whether a noun next to the name states the type
    is_full: bool = True  # whether the name alone identifies the actor, unlike 'Roe' or 'Foreign Ministry'
    is_known: bool = False  # whether the seeds list the actor
    acronyms: set[str] = field(default_factory=set)
    roles: list[Role] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    profile_id: str = ""

    @property
    def is_nameless(self) -> bool:
        """Whether the actor was made for a source without a name, such as 'a spokesman' or 'two residents'."""
        return self.kind in ("unnamed", "group") and not self.is_full


@dataclass(slots=True, eq=False)
class Mention:
    """One mention of an actor; `kind` is name, nominal or pronoun; `rule` is one of ALIAS_RULES."""

    first: int
    last: int
    start: int
    end: int
    kind: str
    rule: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Attribution:
    """One extracted statement; spans are in code points. `parent` is the index of the statement that contains it."""

    contents: tuple[Offsets, ...]
    cue: Offsets | None
    source: Offsets | None
    parent: int | None = None


@dataclass(slots=True, eq=False)
class Speaker:
    """The speaker of one statement, with related actors; `resolution` is one of SPEAKER_RESOLUTIONS.

    `form`: the form of the source: name, pronoun, none, or the form of its head noun (see `questions.form_of`).
    `likelihood`: the ranker's probability of this actor; 1 if a rule decided.
    """

    resolution: str
    mention: Mention | None = None
    co_speakers: list[Mention] = field(default_factory=list)
    on_behalf_of: Actor | None = None
    behalf_mention: Mention | None = None
    addressee: Mention | None = None
    mentioned: list[Mention] = field(default_factory=list)
    form: str = "name"
    likelihood: float = 1.0

    @property
    def actor(self) -> Actor | None:
        return self.mention.actor if self.mention else None

    @property
    def role(self) -> Role | None:
        """Return the speaker's most frequent office or rank in the article, else the most frequent other role."""
        return min(self.actor.roles, key=_rank, default=None) if self.actor else None

    @property
    def roles(self) -> list[Role]:
        """Return the speaker's roles in the article, the main role first."""
        return sorted(self.actor.roles, key=_rank) if self.actor else []


def is_office(role: Role) -> bool:
    """Whether a role is an office or a rank, such as minister or sergeant, and not a job, such as singer."""
    return role.text is not None and _names_office(role.text)


@lru_cache(10_000)
def _names_office(role: str) -> bool:
    kinds = {lexicon.titles().get(word.strip(".")) for word in role.lower().split()}
    return not kinds.isdisjoint(("role", "military"))


def _rank(role: Role) -> tuple[bool, bool, int]:
    """Return a sort key: offices and ranks come first, then other roles, then roles without words.

    In each of these three groups, the most frequent role comes first.
    """
    return role.text is None, not is_office(role), -role.count
