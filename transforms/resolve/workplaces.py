"""Find where a role is held, if its phrase does not say so: the company of "chief executive Ann Roe".

Takes a `Text`, its `Clusters` with roles, and the countries of the article (`guesses.View`); sets the country of
offices that every state has, the place of mayors and governors, and the organization of leaders and spokespeople, if
the article names it nearby. If the article leaves the place open, the value stays empty.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.gazetteer import country_of_place
from transforms.resolve.guesses import View
from transforms.resolve.model import Actor, Name, Role
from transforms.resolve.offices import is_body_noun, is_state_office

# People who lead an organization or speak for it; articles usually name the organization near them.
OF_BODY = frozenset(
    "ceo cfo coo chairman chairwoman chairperson chair director co-director president vice-president chief manager "
    "founder co-founder spokesman spokeswoman spokesperson editor principal executive officer secretary treasurer "
    "commissioner dean rector curator headteacher superintendent".split()
)
OF_PLACE = frozenset("mayor governor gov vice-mayor deputy-mayor sheriff".split())
OF_REGION = frozenset((("chief", "minister"), ("first", "minister")))
LEAST_SHARE = 0.4  # share of the evidence that a country needs to get an office of a state


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
    words = (role.text or "").lower().replace(".", "").split()
    if is_state_office(words):
        if view and view.top and view.weight[view.top] >= LEAST_SHARE * view.total:
            role.context_country, role.country_from = view.top, "context"
    elif words[-1] in OF_PLACE or tuple(words[-2:]) in OF_REGION:
        near = _place_near(text, places, role.word)
        if near:
            role.place, role.context_country = near.text, country_of_place(near.text)
            role.country_from = "place" if role.context_country else None
    elif words[-1].rsplit("-", 1)[-1] in OF_BODY or words[-1] in OF_BODY:
        role.context_organization = _body_near(text, clusters, role.word, words)


def _place_near(text: Text, places: list[Name], word: int) -> Name | None:
    """Return the place named last before a word, else the next place in the sentence of the word."""
    at = bisect_left(places, word, key=lambda name: name.first)
    if at:
        return places[at - 1]
    same = at < len(places) and text.sentences[places[at].first] == text.sentences[word]
    return places[at] if same else None


def _body_near(text: Text, clusters: Clusters, word: int, words: list[str]) -> Actor | None:
    """Return the only organization shortly before a word; of several, the main organization of the article, if any."""
    if any(is_body_noun(noun) for noun in words[:-1]):  # "the committee chairman"
        return None
    at = bisect_left(clusters.bodies, word, key=lambda mention: mention.first)
    near = [
        m.actor
        for m in clusters.bodies[max(0, at - 8) : at]
        if text.sentences[word] - text.sentences[m.first] < 2
    ]
    counted = Counter({actor: len(actor.mentions) for actor in near})
    if not counted:
        return None
    (actor, count), *others = counted.most_common()
    most = max(len(body.mentions) for body in clusters.actors if body.kind == "organization")
    is_told = actor.org_type != "media" or words[-1] in ("editor", "reporter")
    return actor if is_told and (not others or (count == most > others[0][1])) else None
