"""Who is told, asked or urged: the noun phrase right after a cue of telling.

In: a `Text` and its `Cast`, the words of a cue. Out: the range of words of the noun phrase.
"""

from __future__ import annotations

from transforms.language.en.words import DETERMINERS, FINITE, SMALL_WORDS
from transforms.resolve.article_text import Text
from transforms.resolve.phrases import BREAKS, PREPOSITIONS, is_plural

TELLING = frozenset(
    "told tell tells telling ask asks asked asking urge urges urged urging assure assures assured assuring inform "
    "informs informed informing remind reminds reminded reminding warn warns warned warning beg begs begged begging "
    "order orders ordered ordering invite invites invited inviting advise advises advised advising encourage "
    "encourages encouraged encouraging notify notified instruct instructs instructed instructing".split()
)
CALLING = {"call": "on", "calls": "on", "called": "on", "calling": "on", "appealed": "to", "appeal": "to",
           "pleaded": "with", "admitted": "to", "revealed": "to", "confirmed": "to", "wrote": "to"}  # fmt: skip
OBJECTS = frozenset("him her them me us".split())
ARTICLES = (DETERMINERS - {"that"}) | {"an", "my", "those", "these", "all", "other"}
LONGEST = 8  # words


def find_listener(text: Text, first: int, last: int) -> tuple[int, int] | None:
    """The words of the one told by the cue [first, last): 'the court' of 'told the court'; None where none is named."""
    words = text.lower[first:last]
    i = last
    if not TELLING.intersection(words):
        called = next((word for word in words if word in CALLING), None)
        following = text.lower[i] if i < len(text) else ""
        if called is None or CALLING[called] not in (words[-1], following):
            return None
        i += words[-1] != CALLING[called]
    while i < len(text) and text.words[i] in ('"', "“", "‘"):
        i += 1
    end = _end_of_phrase(text, i)
    return (i, end) if end > i and _is_phrase(text, i, end) else None


def _end_of_phrase(text: Text, first: int) -> int:
    """End of the noun phrase that begins at a word, before a verb, a preposition, a mark or 'to'."""
    if first < len(text) and text.lower[first] in OBJECTS:
        following = text.lower[first + 1] if first + 1 < len(text) else "."
        if text.lower[first] != "her" or not following[0].isalpha() or following in SMALL_WORDS:
            return first + 1
    i = first
    while i < len(text) and i - first < LONGEST and not _ends_phrase(text, i, first):
        i += 1
    return i


def _ends_phrase(text: Text, i: int, first: int) -> bool:
    word = text.lower[i]
    if not word[0].isalnum() and word not in ("'s", "’s", "&"):
        return True
    if word in BREAKS or word in PREPOSITIONS or word in FINITE or text.quoted[i] != text.quoted[first]:
        return True
    if word in ARTICLES:
        return i > first and text.lower[i - 1] not in ARTICLES
    return word in SMALL_WORDS


def _is_phrase(text: Text, first: int, end: int) -> bool:
    """Whether the words are an object: with an article, a name, a pronoun, or a plural."""
    head, lower = text.words[end - 1], text.lower[end - 1]
    if first + 1 == end and text.lower[first] in OBJECTS:
        return True
    named = head[0].isupper() or text.words[first][0].isupper()
    return (
        (text.lower[first] in ARTICLES and end - first > 1) or named or (is_plural(lower) and end - first < 4)
    )
