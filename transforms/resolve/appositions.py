"""The role in front of a name that stands in commas: "the company's chief, Ann Roe, said".

In: a `Text`, its `Clusters`, the mention of a person. Out: the roles of the noun phrase before the comma.
"""

from __future__ import annotations

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.model import Mention, Role
from transforms.resolve.role_phrases import NO_MODIFIERS, POSSESSIVES, read_phrase
from transforms.resolve.word_lists import AFTER_ROLE, BELONGS, DETERMINERS, SPEAKS

FARTHEST = 18  # words of a phrase that a name in commas ends


def roles_in_front(text: Text, clusters: Clusters, mention: Mention) -> list[Role]:
    """The role in "the company's chief, X, ..." and 'a spokesman for Acme, X, ...'."""
    first, last = mention.first, mention.last
    if first < 3 or text.words[first - 1] != ",":
        return []
    if last < len(text) and text.lower[last] not in AFTER_ROLE and not _tells(text, last):
        return []
    for start in range(first - 2, max(first - FARTHEST, -1), -1):
        if text.paragraphs[start] != text.paragraphs[first] or text.words[start] in (".", ";", ":"):
            break
        phrase = read_phrase(text, clusters, start) if _opens_phrase(text, clusters, start) else None
        if phrase and (phrase.end == first - 1 or _belongs(text, phrase.end, first - 1)):
            return phrase.roles
    return []


def _opens_phrase(text: Text, clusters: Clusters, i: int) -> bool:
    """Whether a noun phrase may begin at word i: with an article, a sentence, a name, or after a comma."""
    word = text.lower[i]
    if word in DETERMINERS or word in ("an", "another", "one") or text.words[i - 1] == ",":
        return True
    return text.opens_sentence(i) or _begins_name(text, clusters, i)


def _begins_name(text: Text, clusters: Clusters, i: int) -> bool:
    """Whether a body or country begins at word i, or a person who owns what follows: "Ann Roe's lawyer"."""
    mention = clusters.at.get(i)
    if mention is None or mention.first != i:
        return False
    owns = mention.last < len(text) and text.lower[mention.last] in POSSESSIVES
    return mention.actor.kind in ("organization", "country") or (mention.actor.kind == "person" and owns)


def _belongs(text: Text, first: int, last: int) -> bool:
    """Whether the words end a body's description: 'branch in Dorne' of 'head of the Acme branch in Dorne'."""
    rest = range(first, last)
    if not 0 < len(rest) < 8 or text.lower[first] in BELONGS - {"of", "for"}:
        return False
    return all(
        text.lower[i] in BELONGS | {"the", "and", *POSSESSIVES}
        or (text.words[i][0].isalnum() and text.lower[i] not in NO_MODIFIERS and text.lower[i] not in SPEAKS)
        for i in rest
    ) and not any(text.words[i].islower() and text.words[i].endswith("ed") for i in rest)


def _tells(text: Text, i: int) -> bool:
    return text.lower[i] in ("said", "says", "told", "has", "was", "is")
