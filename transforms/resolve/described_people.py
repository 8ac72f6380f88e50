"""Give people a role from a description elsewhere in the article: "Ann Roe left. The economy minister said".

This happens after descriptions are resolved.
"""

from __future__ import annotations

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.fitting import role_words
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Actor, Mention, Role
from transforms.resolve.role_phrases import names_roles, read_phrase


def add_described_roles(text: Text, clusters: Clusters) -> bool:
    """Give people the roles in descriptions of them. Return whether anybody got a role.

    A person who has roles gets only those of one listed word that the other roles do not contain: 'the activist'."""
    is_found = False
    for actor in (actor for actor in clusters.actors if actor.kind == "person"):
        had_roles = bool(actor.roles)
        for mention in [mention for mention in actor.mentions if mention.kind == "nominal"]:
            role = _read_description(text, clusters, mention)
            if role and (not actor.roles or (had_roles and _is_new(actor, role))):
                actor.roles.append(role)
                is_found = True
    return is_found


def _is_new(actor: Actor, role: Role) -> bool:
    told = {word for one in actor.roles for word in role_words(one.text or "")}
    return is_role((role.text or "").lower()) and told.isdisjoint(role_words(role.text or ""))


def _read_description(text: Text, clusters: Clusters, mention: Mention) -> Role | None:
    own = [i for i in range(mention.first, mention.last) if clusters.at.get(i) is mention]
    for i in own:  # only the names inside the description count
        del clusters.at[i]
    phrase = read_phrase(text, clusters, mention.first)
    clusters.at.update(dict.fromkeys(own, mention))
    if phrase is None or names_roles((phrase.roles[0].text or "").lower().split(" ")[-1]):
        return None
    role = phrase.roles[0]
    role.word = mention.first
    return role
