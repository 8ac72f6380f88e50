"""Find out which profiles of organizations with the same initials are the same organization.

Takes all profiles of a block, and yields (profile, actor, rule) for each. An organization is identified by the words of
its name. Its country counts too if the name has a country ("German Football Association"), or if many countries have
such an organization ("Senate"). If articles define an acronym for only one organization, the acronym refers to
that organization.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from transforms.identify.evidence import LAST_DAY
from transforms.identify.namesakes import DOMINANT
from transforms.keys import content_key
from transforms.resolve.clusters import country_and_words

Identity = tuple[str, str, str]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """One profile of an organization; `state` is the country in its name, `country` the one that the article gives."""

    profile_id: str
    words: Words
    is_full: bool
    is_known: bool
    state: str | None
    country: str | None
    acronyms: frozenset[str]
    weight: int
    place: tuple[date, str]


def read_body(row: dict[str, Any]) -> Body:
    """Read a stored profile of an organization."""
    state = None if row["is_known"] else country_and_words(row["name"])[0]
    place = (row["first_seen_on"] or LAST_DAY, row["profile_id"])
    return Body(
        row["profile_id"], tuple(row["words"]), row["is_full"], row["is_known"], state, row["country_code"],
        frozenset(row["acronyms"]), row["article_count"], place,
    )  # fmt: skip


def identify_bodies(bodies: Iterable[Body]) -> Iterator[Identity]:
    """Yield (profile, actor, rule) for each profile of one block."""
    by_words: dict[Words, list[Body]] = defaultdict(list)
    for body in sorted(bodies, key=lambda body: body.place):
        by_words[body.words].append(body)
    long_forms = _find_acronyms(by_words)
    for words, named in by_words.items():
        long_words = long_forms.get(words)
        states = _state_ids(by_words[long_words or words])
        for body in named:
            rule = "acronym" if long_words else "seed" if body.is_known else "name"
            yield body.profile_id, _pick(states, body), rule


def _find_acronyms(by_words: Mapping[Words, list[Body]]) -> dict[Words, Words]:
    """Map each acronym of exactly one organization in the block to the words of the organization's name."""
    meanings: dict[Words, set[Words]] = defaultdict(set)
    for words, bodies in by_words.items():
        for body in bodies:
            for acronym in body.acronyms:
                meanings[(acronym,)].add(words)
    found = {words: meanings[words] - {words} for words in by_words if len(words) == 1}
    known = {words for words, bodies in by_words.items() if any(body.is_known for body in bodies)}
    return {words: long.pop() for words, long in found.items() if len(long) == 1 and words not in known}


def _state_ids(bodies: list[Body]) -> dict[str | None, str]:
    """For organizations of one name, map each country to an id, and None to the id for profiles without a country."""
    words = bodies[0].words
    plain = content_key("organization", *words)
    states = Counter[str]()
    for body in bodies:
        if body.state:
            states[body.state] += body.weight
    if len(states) < 2:
        return {None: plain}
    ids: dict[str | None, str] = {state: content_key("organization", *words, state) for state in states}
    ids[min((body for body in bodies if body.state), key=lambda body: body.place).state] = plain
    main = max(states, key=lambda state: (states[state], state))
    dominant = states[main] >= DOMINANT * (states.total() - states[main])
    ids[None] = ids[main] if dominant else content_key("organization", *words, "any")
    return ids


def _pick(states: dict[str | None, str], body: Body) -> str:
    if not body.is_full:
        return content_key("organization", *body.words, body.country)
    known = next((state for state in (body.state, body.country) if state in states and state), None)
    return states[known]
