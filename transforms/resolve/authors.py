"""Find who is "I" outside quotation marks: the author of the text, whom news rarely names, or the speaker of a turn.

Takes the `Discourse` of an article; changes nothing.
"""

from __future__ import annotations

from transforms.resolve.discourse import Discourse
from transforms.resolve.model import Actor, Mention
from transforms.resolve.turns import labels_turn

SINGULAR = frozenset("i me my".split())
FIRST_AND_SECOND_PERSON = SINGULAR | frozenset("we us our you your".split())
FEWEST = (
    5  # times that "I" stands outside quotation marks, after the first paragraph, in somebody's own story
)
TELLING = frozenset("author here words".split())  # 'in her own words', 'the opinions are those of the author'
LONGEST_INTRODUCTION = 200  # words


def find_label(discourse: Discourse, i: int) -> Actor | None:
    """Return the person who labels the paragraph of word i as a turn: Roe in 'ROE: I agree.'"""
    text = discourse.text
    label = discourse.clusters.at.get(text.line_starts[text.paragraphs[i]])
    is_label = label is not None and labels_turn(text, label.first, label.last)
    return label.actor if label and is_label and text.paragraphs[i] else None


def find_narrator(discourse: Discourse) -> Actor | None:
    """Return the person whose own story this is, whom no words name between the first and the last "I".

    The headline begins with this person's name and a colon ('Ann Roe: I hid it for years'), or a short introduction
    says that the person tells it ('Here, in her own words'). Return None if there are several such people."""
    text = discourse.text
    own = [i for i in text.places.get("i", ()) if text.paragraphs[i] and not text.quoted[i]]
    if len(own) < FEWEST:
        return None
    is_told = own[0] < LONGEST_INTRODUCTION and not TELLING.isdisjoint(text.lower[: own[0]])
    people = [
        a
        for a in discourse.records
        if a.kind == "person" and not _is_named_amid(discourse, a, own[0], own[-1])
    ]
    told = [actor for actor in people if _is_introduced(discourse, actor, own[0], is_told)]
    return told[0] if len(told) == 1 else None


def _names(discourse: Discourse, actor: Actor) -> list[Mention]:
    quoted, mentions = discourse.text.quoted, discourse.records[actor].mentions
    return [mention for mention in mentions if mention.kind == "name" and not quoted[mention.first]]


def _is_named_amid(discourse: Discourse, actor: Actor, first: int, last: int) -> bool:
    return any(first < mention.first < last for mention in _names(discourse, actor))


def _is_introduced(discourse: Discourse, actor: Actor, begin: int, is_told: bool) -> bool:
    """Whether the words before word `begin` name the actor as a subject or, unless `is_told`, before a colon."""
    text = discourse.text
    for mention in _names(discourse, actor):
        is_label = text.paragraphs[mention.first] == 0 and text.words[mention.last : mention.last + 1] == [
            ":"
        ]
        if mention.first < begin and (is_label or (is_told and discourse.traits(mention).is_subject)):
            return True
    return False
