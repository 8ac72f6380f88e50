"""Find the person whom the sentence before a pronoun is about: Roe in 'Ann Roe runs a bakery. She rises early.'"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from transforms.resolve.article_text import Text
from transforms.resolve.model import Actor, Mention
from transforms.resolve.questions import Query

LONGEST_TITLE = 4  # letters of an abbreviated title


def find_last_subject(
    text: Text,
    people: Sequence[Mention],
    places: Sequence[int],
    phrases: Mapping[int, int],
    query: Query,
) -> Actor | None:
    """Return the person with whose name the sentence before a queried "he" or "she" begins.

    `people` are the mentions of people in the order of the text, and `places` their first words. Return None if the
    pronoun does not open its sentence, or if the sentence before quotes somebody, or mentions another person whom the
    pronoun may mean."""
    i = query.first
    end = text.firsts[text.sentences[i]]
    if text.lower[i] not in ("he", "she") or text.quoted[i] or end in (0, text.size):
        return None
    if (
        any(word[0].isalnum() for word in text.words[end:i])
        or text.paragraphs[end - 1] < text.paragraphs[i] - 1
    ):
        return None
    first = text.firsts[text.sentences[end - 1]]
    if any(text.quoted[first:end]) or _follows_title(text, first):
        return None
    inside = people[bisect_left(places, first) : bisect_left(places, end)]
    if not inside or inside[0].kind != "name" or phrases.get(inside[0].first, inside[0].first) != first:
        return None
    able = {mention.actor for mention in inside if mention.actor.gender in (query.gender, None)}
    return inside[0].actor if able == {inside[0].actor} else None


def _follows_title(text: Text, first: int) -> bool:
    """Whether the sentence may not begin at word `first`, because it follows a title: 'She met Cpt. Roe.'"""
    if first < 2 or text.words[first - 1] != "." or text.paragraphs[first - 1] != text.paragraphs[first]:
        return False
    return text.words[first - 2][0].isupper() and len(text.words[first - 2]) <= LONGEST_TITLE
