"""Read lists of people under a role that they share: 'Goalkeepers: Jan Berg (Dorne), Ann Roe (Acme United)'.

Takes a `Text`, its `Clusters` and a mention of a person; returns the role and the organization or place in brackets.
"""

from __future__ import annotations

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.model import Mention, Role
from transforms.resolve.owners import held_at, make_role
from transforms.resolve.role_phrases import is_plural_by_sense, names_roles


def find_lineups(text: Text) -> dict[int, str]:
    """Map each paragraph that lists people to their role: 'Goalkeepers: Jan Berg (Dorne), ...'."""
    heads = {}
    for colon in text.places.get(":", ()):
        i = colon - 1
        if i == 0 or (i > 0 and text.paragraphs[i - 1] != text.paragraphs[i]):
            word = text.lower[i]
            if names_roles(word) or is_plural_by_sense(word):
                heads[text.paragraphs[i]] = word[:-1]
    return heads


def role_in_lineup(text: Text, clusters: Clusters, mention: Mention, role: str) -> Role:
    """Return the role with the organization, country or place in brackets after the name, if any."""
    i = mention.last
    bracketed = i + 1 < text.size and text.words[i] == "("
    held = held_at(clusters, i + 1) if bracketed else None
    is_closed = held and held.end < text.size and text.words[held.end] == ")"
    return make_role(role, [held] if held and is_closed else [])
