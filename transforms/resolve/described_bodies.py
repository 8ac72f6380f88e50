"""Set type and country of actors by the words next to or in their names: 'Dutch tech giant Acme', 'BBC Sport'."""

from __future__ import annotations

from functools import lru_cache

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.gazetteer import country_in_name, country_of_place
from transforms.resolve.model import Mention
from transforms.resolve.stated_types import noun_after, noun_before, stated_type
from transforms.resolve.word_lists import POSSESSIVES, SMALL_WORDS

MODIFIERS = 4  # words between an adjective of a country and the name


def describe_bodies(text: Text, clusters: Clusters) -> None:
    """Set type and country of organizations by the words next to them."""
    nouns = lexicon.organization_nouns()
    for mention in [m for m in clusters.mentions if m.actor.kind == "organization"]:
        body, i = mention.actor, mention.first - 1
        stated = stated_type(text, mention.first, mention.last)
        if stated and not body.is_known and not body.is_stated:
            body.org_type, body.is_stated = stated, True
        described = noun_after(text, mention.last) or noun_before(text, mention.first)
        if described in nouns and body.org_type in (None, "other") and not body.is_stated:
            body.org_type = nouns[described]
        while i >= 0 and i not in clusters.at and text.words[i].islower() and mention.first - i < MODIFIERS:
            i -= 1
        adjective = clusters.at.get(i)
        if adjective and adjective.rule == "adjective" and described in nouns and not body.country_code:
            body.country_code = adjective.actor.country_code
    for mention in clusters.mentions:
        actor = mention.actor
        if actor.kind in ("person", "organization") and not (actor.country_code or actor.is_known):
            actor.country_code = _country_of_owner(text, clusters, mention) or _country_of_counterpart(
                text, clusters, mention
            )
        if actor.kind == "organization" and not (actor.country_code or actor.is_known):
            actor.country_code = _country_of_parent(actor.name)


@lru_cache(10_000)
def _country_of_parent(name: str) -> str | None:
    """Return the country of a well-known organization with whose name a name begins: GB for 'BBC Sport'."""
    words = lexicon.split_words(name)
    for size in range(len(words) - 1, 0, -1):
        known = lexicon.known_names().get(" ".join(words[:size]))
        if known and known.kind == "organization" and known.form != "metonym":
            return known.country_code if country_in_name(" ".join(words[size:])) is None else None
    return None


def _country_of_owner(text: Text, clusters: Clusters, mention: Mention) -> str | None:
    """Return the country before a name: NL in "the Netherlands' Ann Roe" and "Amsterdam's Acme Museum".

    Words in small letters may come between it and an organization: AU in "Australia's second-biggest grocer Acme"."""
    i = mention.first - 2
    if mention.actor.kind == "organization":
        while i >= 0 and mention.first - i < MODIFIERS + 2 and _may_describe(text, i + 1):
            i -= 1
    if i < 0 or text.words[i + 1] not in POSSESSIVES:
        return None
    owner, place = clusters.at.get(i), clusters.places.get(i)
    if owner and owner.actor.kind == "country" and owner.rule == "name":
        return owner.actor.country_code
    if place is None:
        return None
    return place.known.country_code if place.known else country_of_place(place.text)


def _may_describe(text: Text, i: int) -> bool:
    """Whether word i may describe the organization after it: 'second-biggest' and 'grocer', but not 'and'."""
    word = text.words[i]
    return word.islower() and word.replace("-", "").isalpha() and word not in SMALL_WORDS


def _country_of_counterpart(text: Text, clusters: Clusters, mention: Mention) -> str | None:
    """Return the country of a counterpart: US in 'his US counterpart Ann Roe'."""
    i = mention.first - 2
    if mention.actor.kind != "person" or i < 0 or text.lower[i + 1] != "counterpart":
        return None
    country = clusters.at.get(i)
    return country.actor.country_code if country and country.actor.kind == "country" else None
