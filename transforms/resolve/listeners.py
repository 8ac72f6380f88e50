"""Find addressees: the noun phrase after a cue such as "told" or "urged", or the audience of a speech or letter.

Takes a `Text` and the word range of a cue; returns the word range of the noun phrase.
"""

from __future__ import annotations

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.lexicon import is_role
from transforms.resolve.phrases import BREAKS, PREPOSITIONS, is_plural
from transforms.resolve.word_lists import ADDRESSED, DETERMINERS, FINITE, SMALL_WORDS

TELLING = frozenset(
    "told tell tells telling ask asks asked asking urge urges urged urging assure assures assured assuring inform "
    "informs informed informing remind reminds reminded reminding warn warns warned warning beg begs begged begging "
    "order orders ordered ordering invite invites invited inviting advise advises advised advising encourage "
    "encourages encouraged encouraging notify notified instruct instructs instructed instructing".split()
)
CALLING = {"call": "on", "calls": "on", "called": "on", "calling": "on", "appealed": "to", "appeal": "to",
           "pleaded": "with", "admitted": "to", "revealed": "to", "confirmed": "to", "wrote": "to", "said": "to",
           "says": "to", "saying": "to", "replied": "to", "responded": "to", "complained": "to"}  # fmt: skip
OBJECTS = frozenset("him her them me us".split())
ARTICLES = (DETERMINERS - {"that"}) | {"an", "my", "those", "these", "all", "other"}
ABOUT = ("for", "of", "about", "against", "over")
ADDING = frozenset("adding noting saying stressing insisting warning arguing explaining".split())
WITH = ("interview", "interviews", "speaking", "spoke", "speaks", "briefing")  # ... with
WHEN = frozenset(
    "yesterday today tomorrow earlier later last separately again recently this next monday tuesday wednesday thursday "
    "friday saturday sunday alongside she he they we it i you there".split()
)
LONGEST, REACH = 8, 40  # words of an addressee; words before a cue to search for an audience


def find_listener(text: Text, first: int, last: int) -> tuple[int, int] | None:
    """Return the words of the addressee after the cue [first, last), if any: 'the court' in 'told the court'."""
    words = text.lower[first:last]
    i = last
    if TELLING.intersection(words) and words[-1] in ABOUT:  # "asked for a review"
        return None
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
    """Return the end of the noun phrase that begins at word `first`: a verb, a preposition or punctuation ends it."""
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
    if i > first and (word in WHEN or _begins_clause(text, i)):
        return True
    if word in ARTICLES:
        return i > first and text.lower[i - 1] not in ARTICLES
    return word in SMALL_WORDS


def _begins_clause(text: Text, i: int) -> bool:
    """Whether the content begins with a name at word i, which the addressee does not include: 'told jurors Ann Roe'."""
    before = text.lower[i - 1]
    if not text.words[i][0].isupper() or before in ARTICLES or not text.words[i - 1].islower():
        return text.lower[i] in lexicon.honorifics() and before not in ARTICLES
    return not is_role(before) and before not in lexicon.title_words()


def find_audience(text: Text, first: int, last: int) -> tuple[int, int] | None:
    """Return the audience in the sentence of the cue [first, last): 'Acme' in 'In an interview with Acme, Roe said'."""
    begin = max(text.firsts[text.sentences[first]], first - REACH)
    for i in range(min(last + 3, len(text) - 2) - 1, begin - 1, -1):
        if text.lower[i] in ADDRESSED and not first <= i < last:
            to = next(
                (k for k in range(i + 1, min(i + 3, len(text) - 1)) if text.lower[k] in ("to", "with")), None
            )
            if to is None or text.sentences[to] != text.sentences[first] or not _is_free(text, i, to):
                continue
            end = _end_of_phrase(text, to + 1)
            told_with = text.lower[to] == "to" or text.lower[i] in WITH
            if told_with and end > to + 1 and _is_phrase(text, to + 1, end):
                return to + 1, end
    return None


def _is_free(text: Text, i: int, to: int) -> bool:
    """Whether only words such as 'given' or 'made' are between word i and word `to`."""
    return all(text.lower[k] in ("given", "made", "sent", "exclusively") for k in range(i + 1, to))


def _is_phrase(text: Text, first: int, end: int) -> bool:
    """Whether the words [first, end) may be an object: they have an article, a name, a pronoun, or a plural."""
    head, lower = text.words[end - 1], text.lower[end - 1]
    if first + 1 == end and text.lower[first] in OBJECTS:
        return True
    named = head[0].isupper() or text.words[first][0].isupper()
    if first + 1 == end and (lower in lexicon.organization_nouns() or lower in lexicon.organization_words()):
        return True  # "told parliament"
    return (
        (text.lower[first] in ARTICLES and end - first > 1)
        or named
        or (is_plural(lower) and end - first < 4 and not _has_number(text, first + 1, end))
    )


def _has_number(text: Text, first: int, end: int) -> bool:
    """Whether a number is among the words, as in 'said to wait 12 hours'."""
    return any(word[0].isdigit() for word in text.words[first:end])
