"""Find the organization, country, person or place where a role is held, which is called the owner of the role."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.gazetteer import country_of_place
from transforms.resolve.model import Actor, Role
from transforms.resolve.word_lists import DETERMINERS

JOINTS = frozenset("and or but & ,".split())
LOOSE_ENDS = frozenset("of for the a an to with while when as mr mrs ms".split())


class Held(NamedTuple):
    """The owner of a role, as named by one mention; `end` is the first word after the mention."""

    actor: Actor | None
    place: str | None
    country_code: str | None
    end: int


def held_at(clusters: Clusters, i: int) -> Held | None:
    """Return the organization, country, person or place that begins at word i."""
    mention = clusters.at.get(i)
    if mention and mention.first == i and mention.kind == "name":
        actor = mention.actor
        if actor.kind in ("organization", "country", "person"):
            return Held(actor, None, actor.country_code if actor.kind == "country" else None, mention.last)
        return None
    name = clusters.places.get(i)
    if name and name.first == i and i not in clusters.at:
        code = name.known.country_code if name.known else country_of_place(name.text)
        return Held(None, name.text, code, name.last)
    return None


def held_after(text: Text, clusters: Clusters, i: int) -> Held | None:
    """Return the organization, country, person or place named at word i or, after an article, at the next word.

    After an owner, return the organization that it owns: the Widget Bank in "Norvia's Widget Bank".
    """
    if i < text.size and text.lower[i] in DETERMINERS:
        i += 1
    held = held_at(clusters, i)
    if held and text.lower[held.end : held.end + 1] in (["'s"], ["’s"]):
        held = held_at(clusters, held.end + 1)
        return held if held and held.actor and held.actor.kind == "organization" else None
    return held


def _without_loose_ends(written: str | None) -> str | None:
    """Return the text of a role without words that join it to its neighbours: "and deputy director", "member of Mr"."""
    words = (written or "").split()
    while words and words[0].lower() in JOINTS:
        words.pop(0)
    while words and words[-1].lower().rstrip(".") in JOINTS | LOOSE_ENDS:
        words.pop()
    return " ".join(words) or None


def make_role(written: str | None, owners: Iterable[Held]) -> Role:
    """Make a role from its words and its owners."""
    owners = list(owners)
    organization = next((h.actor for h in owners if h.actor and h.actor.kind == "organization"), None)
    country = next((h.actor.country_code for h in owners if h.actor and h.actor.kind == "country"), None)
    place = next((h for h in owners if h.actor is None), None)
    role = Role(_without_loose_ends(written), organization, country)
    if place and not organization and not country:
        role.place, role.context_country, role.country_from = place.place, place.country_code, "place"
        if place.country_code is None:
            role.country_from = None
    return role
