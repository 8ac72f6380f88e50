"""Set type and country of organizations by the words next to their names: 'Dutch tech giant Acme'."""

from __future__ import annotations

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.stated_types import noun_after, noun_before, stated_type

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
