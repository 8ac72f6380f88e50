"""Find where a role is held, if its phrase does not say so: the company of "chief executive Ann Roe".

Takes a `Text`, its `Clusters` with roles, and the countries of the article (`guesses.View`); sets the country of
offices that every state has, the place of mayors and governors, and the organization of leaders and spokespeople, if
the article names it nearby. If the article leaves the place open, the value stays empty.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import numpy as np

from transforms.extract.meanings import meaning_of
from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.gazetteer import country_of_place
from transforms.resolve.guesses import View
from transforms.resolve.model import Actor, Mention, Name, Role
from transforms.resolve.offices import is_body_noun, is_state_office

# People who lead an organization or speak for it; articles usually name the organization near them.
OF_BODY = frozenset(
    "ceo cfo coo chairman chairwoman chairperson chair director co-director president vice-president chief manager "
    "founder co-founder spokesman spokeswoman spokesperson editor principal executive officer secretary treasurer "
    "commissioner dean rector curator headteacher superintendent".split()
)
OF_MEDIA = frozenset(("editor", "reporter"))
MAIN = 3  # mentions of the main organization of an article
OF_PLACE = frozenset("mayor governor gov vice-mayor deputy-mayor sheriff".split())
OF_REGION = frozenset((("chief", "minister"), ("first", "minister")))
LEAST_SHARE = 0.4  # share of the evidence that a country needs to get an office of a state
LEAST_VOTES = 0.5  # share of the mentions of actors with a country that such a country needs otherwise
# Typical nouns of the people at organizations of one type; a noun belongs where the noun most similar in meaning does.
# People of the other groups work anywhere.
TYPICAL = {
    "media": "reporter columnist anchor host correspondent journalist presenter",
    "sports": "player coach captain striker defender goalkeeper bowler midfielder quarterback forward",
    "education": "student professor teacher graduate lecturer pupil schoolboy",
    "state": "minister president ambassador secretary king diplomat chancellor senator lawmaker politician",
    "law": "judge prosecutor lawyer attorney officer general commander sheriff sergeant detective",
    "arts": "singer actor writer author musician novelist star comedian",
    "work": "economist analyst researcher expert strategist doctor nurse surgeon worker",
    "business": "chairman executive manager founder owner boss spokesman director adviser head leader member",
    "family": "son daughter wife husband friend resident witness victim",
}
FARTHEST = {"media": 1, "sports": 1, "education": 3}  # sentences back to the name of the organization


def place_roles(text: Text, clusters: Clusters, view: View | None) -> None:
    """Fill in the most likely organization, country or place of each role that has none of the three."""
    places = sorted(
        {name.first: name for name in clusters.places.values()}.values(), key=lambda name: name.first
    )
    for actor in clusters.actors:
        for role in actor.roles:
            if _is_open(role):
                _place(text, clusters, view, places, role)


def _is_open(role: Role) -> bool:
    """Whether a role has words in the text, but no organization, country or place yet."""
    told = role.organization or role.country_code or role.place
    return (
        bool(role.text) and role.word >= 0 and not (told or role.context_organization or role.context_country)
    )


def _place(text: Text, clusters: Clusters, view: View | None, places: list[Name], role: Role) -> None:
    words = _until_field((role.text or "").lower().replace(".", "").split())
    if is_state_office(words):
        country = _country_of_article(clusters, view)
        if country:
            role.context_country, role.country_from = country, "context"
    elif words[-1] in OF_PLACE or tuple(words[-2:]) in OF_REGION:
        near = _place_near(text, places, role.word)
        if near:
            role.place, role.context_country = near.text, country_of_place(near.text)
            role.country_from = "place" if role.context_country else None
    elif words[-1].rsplit("-", 1)[-1] in OF_BODY or words[-1] in OF_BODY:
        role.context_organization = _body_near(text, clusters, role.word, words)
    elif kind_of_role(words[-1]) in FARTHEST:
        _place_by_kind(text, clusters, role, kind_of_role(words[-1]))


def _until_field(words: list[str]) -> list[str]:
    """Return the words of a role without its field: 'associate director' for 'associate director of primary care'."""
    end = next((i for i, word in enumerate(words) if i and word in ("of", "for")), len(words))
    return words[:end]


def _country_of_article(clusters: Clusters, view: View | None) -> str | None:
    """Return the country of most evidence in the article, else the country of most mentions of people and organizations."""
    if view and view.top and view.weight[view.top] >= LEAST_SHARE * view.total:
        return view.top
    votes: Counter[str] = Counter()
    for actor in clusters.actors:
        code = actor.country_code or actor.context_country
        if code:
            votes[code] += len(actor.mentions)
    (code, count), *_ = votes.most_common(1) or [("", 0)]
    return code if count > LEAST_VOTES * votes.total() else None


def _place_near(text: Text, places: list[Name], word: int) -> Name | None:
    """Return the place named last before a word, else the next place in the sentence of the word."""
    at = bisect_left(places, word, key=lambda name: name.first)
    if at:
        return places[at - 1]
    same = at < len(places) and text.sentences[places[at].first] == text.sentences[word]
    return places[at] if same else None


def _body_near(text: Text, clusters: Clusters, word: int, words: list[str]) -> Actor | None:
    """Return the only organization shortly before a word; of several, the main one, else the last in the sentence.

    A role such as 'committee chairman' has its own organization."""
    if any(is_body_noun(noun) for noun in words[:-1]) and " ".join(words[-2:]) not in lexicon.titles():
        return None
    at = bisect_left(clusters.bodies, word, key=lambda mention: mention.first)
    near = [m for m in clusters.bodies[max(0, at - 8) : at] if text.sentences[word] - text.sentences[m.first] < 2]
    if words[-1] not in OF_MEDIA:
        near = [m for m in near if m.actor.org_type != "media"] or near
    counted = Counter({m.actor: len(m.actor.mentions) for m in near})
    if not counted:
        return _main_body(clusters)
    (actor, count), *others = counted.most_common()
    most = max(len(body.mentions) for body in clusters.actors if body.kind == "organization")
    if actor.org_type == "media" and words[-1] not in OF_MEDIA:
        return None
    if not others or count == most > others[0][1]:
        return actor
    return near[-1].actor if text.sentences[word] == text.sentences[near[-1].first] else None


def _main_body(clusters: Clusters) -> Actor | None:
    """Return the organization that the article names far more often than any other."""
    counted = Counter({a: len(a.mentions) for a in clusters.actors if a.kind == "organization" and a.org_type != "media"})
    (actor, count), *others = counted.most_common(2) or [(None, 0)]
    return actor if count >= MAIN and (not others or count >= 2 * others[0][1]) else None


@lru_cache(20_000)
def kind_of_role(noun: str) -> str:
    """Return the group of TYPICAL to which the noun of a role belongs."""
    groups, vectors = _typical()
    return groups[int((vectors @ meaning_of(noun)).argmax())]


@cache
def _typical() -> tuple[Sequence[str], np.ndarray]:
    nouns = [(group, noun) for group, named in TYPICAL.items() for noun in named.split()]
    return [group for group, _ in nouns], np.stack([meaning_of(noun) for _, noun in nouns])


def _place_by_kind(text: Text, clusters: Clusters, role: Role, kind: str) -> None:
    """Place a player at the last team or country before, a reporter at the last medium, a student at the last school."""
    for mention in _names_before(text, clusters, role.word, FARTHEST[kind]):
        actor = mention.actor
        if actor.kind == "organization" and actor.org_type == kind:
            role.context_organization = actor
            return
        if kind == "sports" and actor.kind == "country":
            role.context_country, role.country_from = actor.country_code, "context"
            return


def _names_before(text: Text, clusters: Clusters, word: int, farthest: int) -> Iterator[Mention]:
    """Yield the mentions before a word, the last first, at most so many sentences back."""
    seen = word - 1
    while seen >= 0 and text.sentences[word] - text.sentences[seen] <= farthest:
        mention = clusters.at.get(seen)
        if mention is not None and mention.kind == "name":
            yield mention
        seen = (mention.first if mention is not None else seen) - 1
