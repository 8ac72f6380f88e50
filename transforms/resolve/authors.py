"""Find who is "I" outside quotation marks: the author of the text, whom news rarely names, or the speaker of a turn.

Takes the `Discourse` of an article; changes nothing.
"""

from __future__ import annotations

from transforms.resolve.discourse import Discourse
from transforms.resolve.model import Actor
from transforms.resolve.turns import labels_turn

SINGULAR = frozenset("i me my".split())
FIRST_AND_SECOND_PERSON = SINGULAR | frozenset("we us our you your".split())
FEWEST = (
    5  # times that "I" stands outside quotation marks, after the first paragraph, in somebody's own story
)


def find_label(discourse: Discourse, i: int) -> Actor | None:
    """Return the person who labels the paragraph of word i as a turn: Roe in 'ROE: I agree.'"""
    text = discourse.text
    label = discourse.clusters.at.get(text.line_starts[text.paragraphs[i]])
    is_label = label is not None and labels_turn(text, label.first, label.last)
    return label.actor if label and is_label and text.paragraphs[i] else None


def find_narrator(discourse: Discourse) -> Actor | None:
    """Return the person whose own story this is: only the words before the first "I" name this person, as a subject.

    'Ann Roe lost her hair at 13. I hid it for years.' Return None if there are several such people."""
    text = discourse.text
    own = [i for i in text.places.get("i", ()) if text.paragraphs[i] and not text.quoted[i]]
    if len(own) < FEWEST:
        return None
    narrators = [
        actor
        for actor in discourse.records
        if actor.kind == "person" and _introduces(discourse, actor, own[0])
    ]
    return narrators[0] if len(narrators) == 1 else None


def _introduces(discourse: Discourse, actor: Actor, begin: int) -> bool:
    """Whether all mentions of the actor by name come before word `begin`, and one of them is a subject or a label."""
    quoted, mentions = discourse.text.quoted, discourse.records[actor].mentions
    names = [mention for mention in mentions if mention.kind == "name" and not quoted[mention.first]]
    if not names or names[-1].first > begin:
        return False
    return any(discourse.traits(m).is_subject or labels_turn(discourse.text, m.first, m.last) for m in names)
