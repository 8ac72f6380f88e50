"""Find where a role is held, if its phrase does not say so: the company of "chief executive Ann Roe".

Takes a `Text`, its `Clusters` with roles, and the countries of the article (`guesses.View`). If the article names it
nearby, each of these gets its owner: offices that every state has (a country), mayors and governors (a place), leaders
and spokespeople (an organization), players (a team), students (a school) and reporters (an outlet). Otherwise the role
stays without an owner.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache

import numpy as np

from transforms.extract.meanings import meaning_of
from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.gazetteer import country_of_place, full_name, is_region
from transforms.resolve.guessed_countries import View
from transforms.resolve.model import Actor, Mention, Name, Role
from transforms.resolve.offices import is_body_noun, is_state_office
from transforms.resolve.role_times import is_former

# People who lead an organization or speak for it; articles usually name the organization near them.
OF_BODY = frozenset(
    "ceo cfo coo chairman chairwoman chairperson chair director co-director president vice-president chief manager "
    "founder co-founder spokesman spokeswoman spokesperson editor principal executive officer secretary treasurer "
    "commissioner dean rector curator headteacher superintendent".split()
)
OF_MEDIA = frozenset(("editor", "reporter"))
OF_PLACE = frozenset("mayor governor gov vice-mayor deputy-mayor sheriff".split())
OF_STATES = frozenset(("governor", "gov"))
OF_REGION = frozenset((("chief", "minister"), ("first", "minister")))
# Typical nouns for people at organizations of a type ("media", "sports", "education"), and for other people. Any other
# noun belongs to the group of the noun whose meaning is most similar: 'quarterback' to sports.
TYPICAL = {
    "media": "reporter columnist anchor host correspondent journalist presenter",
    "sports": "player coach captain striker defender goalkeeper bowler midfielder forward",
    "education": "student professor teacher graduate lecturer pupil",
    "state": "minister president ambassador secretary king diplomat chancellor senator lawmaker politician",
    "law": "judge prosecutor lawyer attorney officer general commander sheriff sergeant detective",
    "arts": "singer actor writer author musician novelist star comedian",
    "work": "economist analyst researcher expert strategist doctor nurse surgeon worker",
    "business": "chairman executive manager founder owner boss spokesman director adviser head leader member",
    "private": "son daughter wife husband friend resident witness victim",
}
# The name of the organization is at most this many sentences back.
FARTHEST = {"media": 1, "sports": 1, "education": 3}
LEAST_SHARE = 0.4  # share of the evidence that a country needs to get an office of a state
LEAST_VOTES = 0.5  # otherwise, share of the mentions of actors with a country that the country needs
LEAST_MAIN = 3  # least number of mentions of an article's main organization


def place_roles(text: Text, clusters: Clusters, view: View | None) -> None:
    """Fill in the most likely organization, country or place of each role that has none of the three."""
    workplaces = _Workplaces(text, clusters, view)
    for actor in clusters.actors:
        for role in actor.roles:
            if has_open_owner(role):
                workplaces.place(role)
                if works_there_now(actor, role, role.context_organization):
                    role.context_organization = None


def works_there_now(actor: Actor, role: Role, body: Actor | None) -> bool:
    """Whether a role is a former one, and the person has another role at the organization today.

    In "Acme's chairman, former treasurer Ann Roe", Roe was hardly Acme's treasurer."""
    if body is None or not is_former(role.text):
        return False
    return any(other.organization is body and not is_former(other.text) for other in actor.roles)


def has_open_owner(role: Role) -> bool:
    """Whether a role has words in the text, but no organization, country or place yet."""
    owner = role.organization or role.country_code or role.place
    return (
        bool(role.text)
        and role.word >= 0
        and not (owner or role.context_organization or role.context_country)
    )


@lru_cache(20_000)
def words_of_role(role: str | None) -> tuple[str, ...]:
    """Return the lower-case words of a role without its field: 'associate director' of 'associate director of care'."""
    words = (role or "").lower().replace(".", "").split()
    end = next((i for i, word in enumerate(words) if i and word in ("of", "for")), len(words))
    return tuple(words[:end])


@lru_cache(20_000)
def group_of(noun: str) -> str:
    """Return the group of TYPICAL to which the noun of a role belongs."""
    groups, vectors = _typical()
    return groups[int((vectors @ meaning_of(noun)).argmax())]


@cache
def _typical() -> tuple[list[str], np.ndarray]:
    nouns = [(group, noun) for group, typical in TYPICAL.items() for noun in typical.split()]
    return [group for group, _ in nouns], np.stack([meaning_of(noun) for _, noun in nouns])


class _Workplaces:
    """The places of one article where roles may be held."""

    def __init__(self, text: Text, clusters: Clusters, view: View | None) -> None:
        self.text, self.clusters, self.view = text, clusters, view
        places = {name.first: name for name in clusters.places.values()}
        self.places = sorted(places.values(), key=lambda name: name.first)
        self.regions = [name for name in self.places if is_region(full_name(name.text))]

    def place(self, role: Role) -> None:
        """Set the organization, country or place of one role, if the article names a likely one."""
        words = [*words_of_role(role.text)]
        if not words:
            return
        if is_state_office(words):
            role.context_country = self.country
            role.country_from = "context" if self.country else None
        elif words[-1] in OF_PLACE or tuple(words[-2:]) in OF_REGION:
            near = self._place_near(role.word, words[-1])
            if near:
                role.place, role.context_country = near.text, country_of_place(near.text)
                role.country_from = "place" if role.context_country else None
        elif words[-1].rsplit("-", 1)[-1] in OF_BODY or words[-1] in OF_BODY:
            role.context_organization = self._body_near(role.word, words)
        elif (group := group_of(words[-1])) in FARTHEST:
            self._place_in_group(role, group)

    @cached_property
    def country(self) -> str | None:
        """The country that the article is about: the one with most evidence, else the one of most mentioned actors."""
        view = self.view
        if view and view.top and view.weight[view.top] >= LEAST_SHARE * view.total:
            return view.top
        votes: Counter[str] = Counter()
        for actor in self.clusters.actors:
            code = actor.country_code or actor.context_country
            if code:
                votes[code] += len(actor.mentions)
        (code, count), *_ = votes.most_common(1) or [("", 0)]
        return code if count > LEAST_VOTES * votes.total() else None

    def _place_near(self, word: int, office: str) -> Name | None:
        """Return the place named last before a word, else the next place in the sentence of the word.

        For a governor, this is a state or province, if the article names any."""
        places = self.regions if office in OF_STATES and self.regions else self.places
        at = bisect_left(places, word, key=lambda name: name.first)
        if at:
            return places[at - 1]
        same = at < len(places) and self._are_together(places[at].first, word)
        return places[at] if same else None

    def _are_together(self, one: int, other: int) -> bool:
        return self.text.sentences[one] == self.text.sentences[other]

    def _body_near(self, word: int, words: list[str]) -> Actor | None:
        """Return the organization that a role at a word most likely belongs to; None for 'committee chairman'.

        This is the only organization shortly before the word. Of several, it is the one that the article names most
        often, else the last one in the sentence. If there is none, it is the main organization of the article.
        """
        if any(is_body_noun(noun) for noun in words[:-1]) and " ".join(words[-2:]) not in lexicon.titles():
            return None
        bodies, sentences = self.clusters.bodies, self.text.sentences
        at = bisect_left(bodies, word, key=lambda mention: mention.first)
        near = [m for m in bodies[max(0, at - 8) : at] if sentences[word] - sentences[m.first] < 2]
        if words[-1] not in OF_MEDIA:
            others = [m for m in near if m.actor.org_type != "media"]
            if near and not others:
                return None
            near = others
        if not near:
            return self.main_body
        counted = Counter({m.actor: len(m.actor.mentions) for m in near})
        (actor, count), *rest = counted.most_common(2)
        if not rest or count == self.most > rest[0][1]:
            return actor
        return near[-1].actor if self._are_together(near[-1].first, word) else None

    @cached_property
    def counted(self) -> list[tuple[Actor, int]]:
        """The two organizations that the article mentions most often, each with its number of mentions."""
        bodies = (actor for actor in self.clusters.actors if actor.kind == "organization")
        return Counter({actor: len(actor.mentions) for actor in bodies}).most_common(2)

    @cached_property
    def most(self) -> int:
        return self.counted[0][1] if self.counted else 0

    @cached_property
    def main_body(self) -> Actor | None:
        """The organization that the article names far more often than any other, except media."""
        if not self.counted or self.most < LEAST_MAIN:
            return None
        (actor, count), *others = self.counted
        is_main = actor.org_type != "media" and all(count >= 2 * other for _, other in others)
        return actor if is_main else None

    def _place_in_group(self, role: Role, group: str) -> None:
        """Give a role the last organization of its group that is named before it: a reporter gets the last outlet.

        A player gets the last team or country.
        """
        for mention in self._names_before(role.word, FARTHEST[group]):
            actor = mention.actor
            if actor.kind == "organization" and actor.org_type == group:
                role.context_organization = actor
                return
            if group == "sports" and actor.kind == "country":
                role.context_country, role.country_from = actor.country_code, "context"
                return

    def _names_before(self, word: int, farthest: int) -> Iterator[Mention]:
        """Yield the names before a word, the last name first, up to `farthest` sentences back."""
        i = word - 1
        while i >= 0 and self.text.sentences[word] - self.text.sentences[i] <= farthest:
            mention = self.clusters.at.get(i)
            if mention is not None and mention.kind == "name":
                yield mention
                i = mention.first
            i -= 1
