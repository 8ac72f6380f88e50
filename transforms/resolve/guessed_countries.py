"""Guess the country of an actor if no word states it.

Takes a `Text` and its `Clusters` with roles and types; sets `context_country` of actors without a country. Rules decide
if the country is certain, and otherwise a linear model over counts (`models/bodies.npz`, trained by
`training/guesses.py`). If no country is likely enough, the column stays empty.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.gazetteer import country_in_name, country_of_place
from transforms.resolve.guesses import MOST_MENTIONS, country_weights
from transforms.resolve.matrices import dot
from transforms.resolve.model import Actor
from transforms.resolve.office_holders import country_of_holder
from transforms.resolve.offices import country_before, is_ministry, is_state_office

MOST_COUNTRIES = 40  # this many countries, with the most evidence in the article, are candidates
LEAST_SCORE = 0.0  # least score of a guessed country: a probability of 0.5
# Words in names of organizations that belong to no single country, unless they are companies or schools.
WIDE = frozenset("international european world asian african global".split())
LOCAL = ("education", "court", "police", "military")  # types that are named after their places
STATE_BODIES = ("government", "agency", "court", "police", "military")
DOMESTIC = ("government", "court", "police", "military", "party", "agency")


class Evidence(NamedTuple):
    """One word that is evidence for a country."""

    word: int
    country: str
    weight: float


def guess_countries(text: Text, clusters: Clusters, dateline: str | None) -> View | None:
    """Give people and organizations without a country the country that the article implies.

    Returns the countries that the article mentions; None if it mentions none and has no dateline.
    """
    for actor in clusters.actors:
        if actor.kind == "person" and not actor.country_code:
            actor.context_country = _country_of_office(actor)
    evidence = find_evidence(text, clusters)
    if not evidence and not dateline:
        return None
    view = View(text, evidence, dateline, clusters)
    for actor in clusters.actors:
        if actor.country_code or actor.context_country or not actor.mentions:
            continue
        if (actor.kind == "person" and not _serves_many(actor)) or (
            actor.kind == "organization" and not _is_international(actor)
        ):
            actor.context_country = view.likeliest(actor)
    return view


def _country_of_office(actor: Actor) -> str | None:
    """Return the country that the first office of a well-known person is an office of: 'President Macron'."""
    open_roles = (role for role in actor.roles if not (role.organization or role.place))
    return next(filter(None, (country_of_holder(role.text, actor.words) for role in open_roles)), None)


def _serves(person: Actor) -> str | None:
    """Return the country in the name of the state body of a person's first role: 'Norwegian Trade Ministry'."""
    body = person.roles[0].organization if person.roles else None
    if body is None or body.org_type not in STATE_BODIES or country_in_name(body.name) != body.country_code:
        return None
    return body.country_code


def _ministry_of(actor: Actor) -> Actor | None:
    """Return the actor if it is a ministry, else the ministry of a person's first role; None if it has a country."""
    body = actor if actor.kind == "organization" else actor.roles[0].organization if actor.roles else None
    return body if body and is_ministry(body) and not body.country_code else None


def _serves_many(person: Actor) -> bool:
    """Whether the first role of a person is at an organization of many states: 'European Commission spokesman'."""
    first = person.roles[0].organization if person.roles else None
    return first is not None and first.org_type == "intergovernmental"


def _is_international(body: Actor) -> bool:
    """Whether an organization belongs to no single country: 'European Widget Federation'."""
    if body.org_type == "intergovernmental" or body.is_known:
        return True
    if body.org_type in ("company", "media", "education"):
        return False
    words = ["", *lexicon.split_words(body.name)]
    known = [lexicon.known_names().get(word) for word in words]
    is_wide = any(word.lower() in WIDE and before not in ("of", "for") for before, word in pairwise(words))
    return is_wide and not any(one and one.kind == "country" for one in known)


def find_evidence(text: Text, clusters: Clusters) -> list[Evidence]:
    """Return the words that are evidence for a country: its names and adjectives, its places and its organizations."""
    found = []
    for mention in clusters.mentions:
        actor = mention.actor
        if mention.kind == "name" and actor.kind == "country" and actor.country_code:
            found.append(Evidence(mention.first, actor.country_code, 1.0))
        elif mention.kind == "name" and actor.kind == "organization" and actor.country_code:
            found.append(Evidence(mention.first, actor.country_code, 0.5))
    seen = set()
    for name in clusters.places.values():
        if name.first not in seen and name.first not in clusters.at:
            seen.add(name.first)
            code = name.known.country_code if name.known else country_of_place(name.text)
            if code:
                found.append(Evidence(name.first, code, 0.6))
    found += [Evidence(i, "GB", 0.3) for i in text.places.get("£", ())]
    return sorted(found)


class _Traits(NamedTuple):
    """Evidence on an actor that is the same for every candidate country."""

    sentences: list[set[str]]  # the countries mentioned in each sentence that names the actor
    is_state: bool  # whether a role is an office of a state
    nearest: str | None
    named: str | None
    held: str | None


class View:
    """The countries that an article mentions, and how well each fits an actor."""

    def __init__(
        self, text: Text, evidence: Sequence[Evidence], dateline: str | None, clusters: Clusters
    ) -> None:
        self.text, self.clusters, self.evidence = text, clusters, evidence
        self.home = country_of_dateline(dateline)
        self.weight: dict[str, float] = defaultdict(float)
        for item in evidence:
            self.weight[item.country] += item.weight
        if self.home:
            self.weight[self.home] += 1.0
        self.total = sum(self.weight.values())
        heaviest = sorted(self.weight, key=lambda code: (-self.weight[code], code))
        self.codes = sorted(heaviest[:MOST_COUNTRIES])
        self.top = max(sorted(self.weight), key=lambda code: self.weight[code], default="")
        self.sentences: dict[int, set[str]] = defaultdict(set)
        for item in evidence:
            self.sentences[text.sentences[item.word]].add(item.country)
        self.actor_counts = Counter(
            a.country_code for a in clusters.actors if a.kind != "country" and a.country_code
        )
        self.words = [item.word for item in evidence]
        self.logs = dict(zip(self.weight, np.log1p([*self.weight.values()]).tolist(), strict=True))
        self.log_total = float(np.log1p(self.total))
        self.actor_total = max(1, self.actor_counts.total())
        self._traits: tuple[Actor, _Traits] | None = None  # the actor of the last call, with its traits

    def likeliest(self, actor: Actor) -> str | None:
        """Return the country with the highest probability; None if this probability is below 0.5.

        Some countries are certain: that of a politician with a party or in Congress ('Republican Sen. Ann Roe'), that
        of an official whose body names it ('Norwegian Trade Ministry spokesman'), and that of a court, police force,
        army or university which is named after its place ('Dorne High Court'). The article must mention that country,
        unless the name is as clear as 'University of Dorne'."""
        if actor.kind == "person" and (certain := self._country_of_politician(actor) or _serves(actor)):
            return certain
        if (ministry := _ministry_of(actor)) and (beside := country_before(self.clusters, ministry)):
            return beside
        named = self._names(actor) if actor.org_type in LOCAL else None
        if named and (named in self.weight or actor.name.startswith("University of ")):
            return named
        if not self.codes:
            return None
        weights = country_weights()
        scores = {code: dot(weights, self.features(actor, code)) for code in self.codes}
        best = max(scores, key=scores.__getitem__)
        return best if scores[best] >= LEAST_SCORE else None

    def features(self, actor: Actor, code: str) -> list[float]:
        """Return the features that show how well a country fits an actor, in the order of the weights."""
        if self._traits is None or self._traits[0] is not actor:
            self._traits = actor, self._read_traits(actor)
        traits = self._traits[1]
        share = self.weight[code] / self.total
        near = [code in countries for countries in traits.sentences]
        others = [bool(countries - {code}) for countries in traits.sentences]
        is_person, is_state = actor.kind == "person", traits.is_state
        kind = actor.org_type or ""
        return [
            1.0,
            share,
            float(code == self.top),
            share if code == self.top else 0.0,
            float(len(self.weight) == 1),
            float(code == self.home),
            float(near[0]),
            sum(near) / len(near),
            float(near[0] and not others[0]),
            float(others[0] and not near[0]),
            float(traits.nearest == code),
            float(traits.named == code),
            float(traits.named not in (None, code)),
            float(traits.held == code),
            float(traits.held not in (None, code)),
            float(is_person),
            share * is_person,
            float(is_state),
            share * is_state,
            float(is_state and code == self.top),
            share * (kind in DOMESTIC),
            float(kind in DOMESTIC),
            share * (kind in ("company", "media")),
            float(kind in ("company", "media")),
            float(kind == "intergovernmental"),
            share * (kind in ("sports", "education", "ngo", "other")),
            float(kind in ("sports", "education", "ngo", "other")),
            self.logs[code],
            self.log_total,
            self.actor_counts[code] / self.actor_total,
            float(bool(actor.roles)),
        ]

    def _read_traits(self, actor: Actor) -> _Traits:
        mentions = [m for m in actor.mentions if m.kind == "name"] or actor.mentions
        places = [self.text.sentences[m.first] for m in mentions[:MOST_MENTIONS]]
        is_state = any(
            not role.organization
            and not role.place
            and is_state_office((role.text or "").lower().replace(".", "").split())
            for role in actor.roles
        )
        sentences = [self.sentences.get(place, set()) for place in places]
        nearest = self._nearest(mentions[0].first)
        return _Traits(sentences, is_state, nearest, self._names(actor), self._holds(actor))

    def _nearest(self, word: int) -> str | None:
        """Return the country whose mention is nearest to a word, at most 40 words away."""
        if not self.words:
            return None
        at = bisect_left(self.words, word)
        near = [self.evidence[i] for i in (at - 1, at) if 0 <= i < len(self.evidence)]
        best = min(near, key=lambda item: abs(item.word - word))
        return best.country if abs(best.word - word) <= 40 else None

    def _country_of_politician(self, actor: Actor) -> str | None:
        roles = [role.text for role in actor.roles]
        parties = (_country_of_party(role) for role in roles)
        return next(filter(None, parties), None) or (
            "US" if self.actor_counts["US"] and any(map(_is_of_congress, roles)) else None
        )

    def _names(self, actor: Actor) -> str | None:
        """Return the country of a place or nationality in an organization's name: 'Dorne City Council'."""
        return country_in_name(actor.name) if actor.kind == "organization" else None

    def _holds(self, actor: Actor) -> str | None:
        """Return the country of the place or organization of the actor's first role for which it is known."""
        codes = [
            role.context_country
            or (
                role.organization
                and (role.organization.country_code or country_in_name(role.organization.name))
            )
            for role in actor.roles
        ]
        return next((code for code in codes if code), None)


@lru_cache(10_000)
def _country_of_party(role: str | None) -> str | None:
    """Return the country of the party in a role such as 'Republican Sen.', if only one country has such a party."""
    for word in (role or "").split():
        known = lexicon.known_names().get(word) or lexicon.known_names().get(f"{word}s")
        if known and known.org_type == "party" and known.country_code:
            return known.country_code
    return None


def _is_of_congress(role: str | None) -> bool:
    """Whether a role has an abbreviation that the US press uses for members of Congress, and few others use."""
    return not {"Sen.", "Rep."}.isdisjoint((role or "").split())


@lru_cache(10_000)
def country_of_dateline(place: str | None) -> str | None:
    """Return the country of a dateline such as 'DORNE, Ohio', from the last part that has a country."""
    for part in reversed((place or "").split(",")):
        words = part.strip()
        known = lexicon.known_names().get(words) or lexicon.known_names().get(words.title())
        if known and known.country_code:
            return known.country_code
        code = country_of_place(words) if words else None
        if code:
            return code
    return None
