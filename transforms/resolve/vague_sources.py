"""Say which words of a source count, and whether they mean people or things that the article does not name.

Takes a `Text`, its `Clusters` and the words of a source; changes nothing.
"""

from __future__ import annotations

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.questions import Query
from transforms.resolve.word_lists import DETERMINERS

SEVERAL = frozenset("some several two three four five six many other others most few".split())
SHARES = frozenset("% percent pct".split())
INDEFINITE = SEVERAL | frozenset("a an one another any".split())
OF_PEOPLE = tuple("an er or ese ard man ist ite ish i ot ek".split())  # 'the Dubliner', 'the Cypriot'
ANYBODY = frozenset("somebody someone anybody anyone everybody everyone nobody whoever".split())
MANY = frozenset("some several many others most few".split())
EACH = frozenset(("every", "each", "no"))
REVERED = frozenset("majesty highness excellency holiness honour honor lordship".split())


def trim(text: Text, first: int, last: int) -> tuple[int, int]:
    """Return the words of a source without the marks around it and without a possessive: 'Roe' for "Roe's".

    The last marks of 'Most (58%)' are part of the source."""
    while first < last and not text.words[first][0].isalnum():
        first += 1
    while first < last and (_is_loose(text, first, last - 1) or text.lower[last - 1] in ("'s", "’s")):
        last -= 1
    return first, last


def _is_loose(text: Text, first: int, i: int) -> bool:
    word = text.words[i]
    if word == "%" or (word == ")" and "(" in text.words[first:i]):
        return False
    return not any(letter.isalnum() for letter in word)


def means_anybody(text: Text, clusters: Clusters, query: Query) -> bool:
    """Whether the words clearly mean people without names: 'two witnesses', 'officials', 'someone', '20 percent'."""
    word = text.lower[query.first]
    if not SHARES.isdisjoint(text.lower[query.first : query.last]):
        return True
    if query.head in ANYBODY or word in EACH or text.lower[query.first : query.last] == ["no", "one"]:
        return True
    if query.form not in ("person", "thing") or query.first in clusters.at:
        return False
    if word in MANY and query.last - query.first == 1:
        return True
    bare = query.plural and word not in DETERMINERS and text.words[query.first].islower()
    return bare or (word in SEVERAL and query.plural)


def is_other_name(text: Text, clusters: Clusters, query: Query, head: int) -> bool:
    """Whether a description is the name of a place or a thing that nothing else explains: 'the Donbass'.

    A noun such as 'the Dubliner' or 'the MP' describes a person."""
    word = text.words[head]
    if query.form != "thing" or query.is_role or not word.istitle():
        return False
    is_definite = text.lower[query.first] in DETERMINERS and query.last - head == head - query.first == 1
    people = word.endswith(OF_PEOPLE) or query.head in REVERED or head in clusters.at
    return is_definite and not people and word.lower() not in text.everyday
