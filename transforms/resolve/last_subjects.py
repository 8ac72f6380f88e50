"""Find the person whom the words before a pronoun are about: Roe in 'Ann Roe runs a bakery. She rises early.'"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from transforms.resolve.article_text import Text
from transforms.resolve.discourse import Discourse
from transforms.resolve.model import Actor, Mention
from transforms.resolve.questions import Query
from transforms.resolve.word_lists import CLAUSE

LONGEST_TITLE = 4  # letters of an abbreviated title
LONGEST_OPENING = 14  # words before the last comma in 'In Dorne, Ann Roe runs a bakery.'
LONGEST_CLAUSE = 40  # words of 'When Ann Roe came back, '
MOST_AHEAD = 3  # people to look at after the pronoun
SUBJECTS = frozenset(("he", "she"))
OBJECTS = frozenset(("him", "her"))
CLAUSES = frozenset("when after before while once although though as because if since until".split())


def find_last_subject(
    discourse: Discourse, people: Sequence[Mention], places: Sequence[int], query: Query
) -> Actor | None:
    """Return the person with whose name the clause or sentence before a queried "he" or "she" begins.

    `people` are the mentions of people in the order of the text, and `places` their first words. Only a quotation may
    come between the two: 'Ann Roe runs a bakery. “I rise early,” she said.' Return None if the words before mention or
    quote another person whom the pronoun may mean."""
    text, i = discourse.text, query.first
    if text.lower[i] in OBJECTS and text.lower[max(0, i - 2) : i] == ["according", "to"]:
        i -= 2
    elif text.lower[i] not in SUBJECTS:
        return None
    if text.quoted[i]:
        return None
    first, end = _clause_before(text, i) or _sentence_before(text, i)
    inside = people[bisect_left(places, first) : bisect_left(places, end)]
    inside = [mention for mention in inside if not text.quoted[mention.first]]
    if not inside or not _opens(discourse, inside[0], first):
        return None
    subject, sources = inside[0].actor, discourse.sources
    after = next((k for k in range(inside[0].first, end) if k not in sources), end)
    if any(k in sources for k in range(after, end)):
        return None
    able = {m.actor for m in inside if m.kind == "name" and m.actor.gender in (query.gender, None)}
    speaks = after > inside[0].first  # "Roe said that Berg left"
    if not speaks and not able <= {subject}:
        return None
    ahead = bisect_left(places, i)
    names = people[ahead : ahead + MOST_AHEAD]  # "He thanked Roe"
    if any(m.actor is subject and m.kind == "name" and _is_in_clause(text, i, m.first) for m in names):
        return None
    return subject if subject.gender in (query.gender, None) else None


def _is_in_clause(text: Text, i: int, place: int) -> bool:
    """Whether only words of one clause come between word i and word `place`."""
    between = text.lower[i + 1 : place] if text.sentences[i] == text.sentences[place] else [","]
    return CLAUSE.isdisjoint(between)


def _clause_before(text: Text, i: int) -> tuple[int, int] | None:
    """Return the words between "when" and the comma before word i: 'Ann Roe came back' before ', she'.

    Return None for words that word i reports: 'When Ann Roe came back, she said, it rained'."""
    first = text.firsts[text.sentences[i]]
    if i - first > LONGEST_CLAUSE or text.words[i - 1] != "," or text.lower[first] not in CLAUSES:
        return None
    if text.lower[i - 2] in OBJECTS:  # "When Ann Roe met her, she"
        return None
    return None if text.words[i + 2 : i + 3] in ([","], ["."]) else (first + 1, i - 1)


def _sentence_before(text: Text, i: int) -> tuple[int, int]:
    """Return the sentence before that of word i, or before the quotations between the two, if word i opens a clause."""
    k = i - 1
    while k >= 0 and (text.quoted[k] or not text.words[k][0].isalnum()):
        k -= 1
    begin = text.firsts[text.sentences[k]] if k >= 0 else 0
    if k < 0 or text.sentences[k] == text.sentences[i] or text.quoted[begin]:
        return 0, 0
    far = text.paragraphs[i] - text.paragraphs[k] > 1 + (text.quoted[k + 1 : i].count(True) > 0)
    return (0, 0) if far or _follows_title(text, begin) else (begin, k + 1)


def _opens(discourse: Discourse, mention: Mention, first: int) -> bool:
    """Whether the words from `first` on begin with the mention, perhaps after a few words and a comma."""
    text = discourse.text
    if text.lower[mention.last] in ("'s", "’s") or (
        mention.kind != "name" and text.lower[mention.first] not in SUBJECTS
    ):
        return False
    start = discourse.phrases.get(mention.first, mention.first)
    if start > first and start - 1 in discourse.sources:  # the name is within a longer source
        return False
    return start == first or (start - first <= LONGEST_OPENING and text.words[start - 1] == ",")


def _follows_title(text: Text, first: int) -> bool:
    """Whether the sentence may not begin at word `first`, because it follows a title: 'She met Cpt. Roe.'"""
    if first < 2 or text.words[first - 1] != "." or text.paragraphs[first - 1] != text.paragraphs[first]:
        return False
    return text.words[first - 2][0].isupper() and len(text.words[first - 2]) <= LONGEST_TITLE
