"""Give people a role from a description elsewhere in the article: "Ann Roe left. The economy minister said".

This happens after descriptions are resolved, and only for people without any other role.
"""

from __future__ import annotations

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.model import Mention, Role
from transforms.resolve.role_phrases import names_roles, read_phrase


def add_described_roles(text: Text, clusters: Clusters) -> bool:
    """Give people without a role the first role in a description of them. Return whether anybody got a role."""
    is_found = False
    for actor in clusters.actors:
        if actor.kind == "person" and not actor.roles:
            descriptions = (mention for mention in actor.mentions if mention.kind == "nominal")
            role = next((role for m in descriptions if (role := _read_description(text, clusters, m))), None)
            if role:
                actor.roles.append(role)
                is_found = True
    return is_found


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
