"""Build profiles. A profile is what an article says about an actor; articles that say the same share a profile.

Takes the actors of one article; returns a `Profile` for each. The id of a profile is a hash of its content, so equal
profiles of many articles are one row. An actor that could be anybody ("Mr. Roe", "a senior official", "the ministry")
belongs to one article, and the id of that article is part of the profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from transforms.keys import content_key
from transforms.resolve import lexicon
from transforms.resolve.kin import full_given_name
from transforms.resolve.model import Actor, Role
from transforms.resolve.word_lists import CONNECTORS


class RoleEvidence(NamedTuple):
    """One role as an article states it.

    `body` has the words of the organization's name; `body_profile` is the id of its profile."""

    text: str | None
    country_code: str | None
    body: str | None
    body_type: str | None
    body_profile: str | None

    def __repr__(self) -> str:
        """Return the text that goes into profile ids (`content_key`). If it changed, all ids would change."""
        return (
            f"Told({', '.join(f'{name}={value!r}' for name, value in zip(self._fields, self, strict=True))})"
        )


class Fact(NamedTuple):
    """Where a role is held, if only the context tells: the article names a place or organization elsewhere."""

    place: str | None
    country_code: str | None
    country_from: str | None
    body_profile: str | None


NOTHING_KNOWN = Fact(None, None, None, None)


class Profile(NamedTuple):
    """An actor as one or more articles describe it.

    `block`: profiles in different blocks are never the same actor (except by corrections). `words`: the words of the
    name that identify the actor. `article_id`: the article to which the profile belongs; None if the facts identify
    the actor. `around`: countries named in that article, which show which country "the minister" serves.
    `role_facts`: one fact per role; entity resolution does not use these facts, because only the context gives them.
    """

    profile_id: str
    kind: str
    block: str
    name: str
    words: tuple[str, ...]
    is_full: bool
    is_known: bool
    country_code: str | None
    org_type: str | None
    acronyms: tuple[str, ...]
    roles: tuple[RoleEvidence, ...]
    around: tuple[str, ...]
    article_id: str | None
    context_country: str | None
    role_facts: tuple[Fact, ...]


def build_profiles(article_id: str, actors: Sequence[Actor]) -> list[Profile]:
    """Build one profile per actor, in the same order, and set `profile_id` of the actors."""
    around = tuple(sorted({actor.country_code or "" for actor in actors if actor.kind == "country"}))
    profiles: dict[int, Profile] = {}
    # People come last, because their roles refer to the profiles of organizations.
    for actor in sorted(actors, key=lambda actor: actor.kind == "person"):
        profile = _build_profile(article_id, actor, around)
        actor.profile_id, profiles[id(actor)] = profile.profile_id, profile
    return [profiles[id(actor)] for actor in actors]


def _build_profile(article_id: str, actor: Actor, around: tuple[str, ...]) -> Profile:
    words = _identifying_words(actor)
    evidence = _evidence(actor.roles) if actor.kind == "person" else {}
    roles, role_facts = tuple(evidence), tuple(evidence.values())
    owner = None if _stands_alone(actor, roles) else article_id
    if not (actor.kind == "person" and owner and roles):
        around = ()
    acronyms = tuple(sorted(_acronyms(actor))) if actor.kind == "organization" else ()
    facts = (
        actor.name,
        words,
        actor.is_full,
        actor.is_known,
        actor.country_code,
        actor.org_type,
        acronyms,
        roles,
        around,
        owner,
    )
    context = (None if actor.country_code else actor.context_country, role_facts)
    # Facts from the context are part of the id only if there are any, so that older ids stay valid.
    context_facts = context if context[0] or any(fact != NOTHING_KNOWN for fact in role_facts) else ()
    key = content_key("profile", actor.kind, *facts, *context_facts)
    return Profile(key, actor.kind, _block(actor.kind, words, key, owner, roles), *facts, *context)


@cache
def country_profile_id(code: str) -> str:
    """Return the profile id of a country; all articles share this profile."""
    return _build_profile("", Actor("country", lexicon.country_name(code), country_code=code), ()).profile_id


def _identifying_words(actor: Actor) -> tuple[str, ...]:
    if actor.kind == "country":
        return (actor.country_code or "",)
    if actor.kind == "person":
        words = actor.words or (actor.name.lower(),)
        return (full_given_name(words[0]), *words[1:]) if len(words) > 1 else words
    return actor.words or (actor.name.lower(),)


def _stands_alone(actor: Actor, roles: Iterable[RoleEvidence]) -> bool:
    """Whether the facts identify the actor in any article: a full name, 'Dutch minister Roe', 'the Dutch Senate'."""
    if actor.kind == "person":
        return actor.is_full or any(role.country_code or role.body for role in roles)
    if actor.kind == "organization":
        return actor.is_full or actor.country_code is not None
    return actor.is_full and actor.kind != "unnamed"


def _evidence(roles: Iterable[Role]) -> dict[RoleEvidence, Fact]:
    """Return the roles in a fixed order, each with its `Fact`."""
    evidence: dict[RoleEvidence, Fact] = {}
    for role in roles:
        body = role.context_organization.profile_id if role.context_organization else None
        evidence.setdefault(
            _evidence_of(role), Fact(role.place, role.context_country, role.country_from, body)
        )
    ordered = sorted(
        evidence.items(),
        key=lambda one: [part or "" for part in (one[0].text, one[0].country_code, one[0].body)],
    )
    return dict(ordered)


def _evidence_of(role: Role) -> RoleEvidence:
    body = role.organization
    if body is None:
        return RoleEvidence(role.text, role.country_code, None, None, None)
    return RoleEvidence(role.text, role.country_code, " ".join(body.words), body.org_type, body.profile_id)


def _acronyms(actor: Actor) -> set[str]:
    """Return the acronyms that the article defines for the organization, in lower case."""
    return {form.replace(".", "").lower() for form in actor.acronyms}


def _block(
    kind: str, words: tuple[str, ...], key: str, owner: str | None, roles: Sequence[RoleEvidence]
) -> str:
    """Return the block of a profile: a person's family name, an organization's initials, else a block of its own."""
    if kind == "person" and (owner is None or roles):
        return f"person {words[-1]}"
    if kind == "organization" and owner is None:
        return f"organization {initials(words)}"
    return f"{kind} {' '.join(words)}" if owner is None else f"{kind} {key}"


def initials(words: Sequence[str]) -> str:
    """Return the initials of several words, or a single word unchanged: World Widget Council and WWC share a block."""
    kept = [word for word in words if word not in CONNECTORS]
    return "".join(word[0] for word in kept) if len(kept) > 1 else " ".join(words)
