"""Parse the noun phrase of a source: its end, its head, the names in it, and the owner of a document.

The functions take a `Text`, its `Clusters` and a range of words, and change nothing.
"""

from __future__ import annotations

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Mention
from transforms.resolve.word_lists import BELONGS, DETERMINERS, DOCUMENTS, POSSESSIVES

PREPOSITIONS = BELONGS | frozenset(
    "across about against among around behind between by including inside like near outside to under within".split()
)
BREAKS = frozenset(
    (",", ";", "(", "—", "–", "who", "which", "that", "and", "or", "whose", "as", "said", "says")
)
PUBLISHING = frozenset(
    "circulated compiled drafted filed issued penned posted prepared produced published released sent signed written "
    "wrote".split()
)
HIS = frozenset(("his", "her"))
AUTHORED = frozenset("by from of".split())
# Before "by", these say who has a document or asked people, not who wrote or said something: 'emails seen by Acme'.
SHOWN = frozenset(
    "cited consulted contacted examined inspected interviewed leaked obtained polled questioned quoted read received "
    "reviewed seen shared studied surveyed viewed".split()
)
PLURALS = frozenset(
    "people men women others police staff children media trio duo couple pair two those some".split()
)
LONGEST_NOTE = 8  # words to search for the closing bracket


def ends_at(text: Text, i: int, last: int) -> bool:
    """Whether a noun phrase ends before word i. Brackets, such as an acronym after a name, do not end a phrase."""
    if i >= last or text.lower[i] != "(":
        return i >= last or text.lower[i] in BREAKS or text.lower[i] in PREPOSITIONS
    close = next((k for k in range(i, min(i + LONGEST_NOTE, last)) if text.words[k] == ")"), last)
    return close + 1 >= last or not text.words[close + 1].islower() or ends_at(text, close + 1, last)


def head_of(text: Text, first: int, last: int) -> int:
    """Return the last word before the complement: 'chairman' in 'the chairman of the bank'."""
    i = first
    while i + 1 < last and not ends_at(text, i + 1, last):
        i += 1
    while i > first and not any(letter.isalnum() for letter in text.words[i]):
        i -= 1
    if i > first and text.lower[i + 1 : i + 2] == ["by"] and _is_done(text, i):
        i -= 1  # "the experts consulted by Acme"
    return min(i, text.size - 1)


def _is_done(text: Text, i: int) -> bool:
    """Whether word i is a participle after a noun: 'seen' in 'emails seen by Acme', not 'injured' in 'the injured'."""
    is_issued = text.lower[i] in PUBLISHING and singular(text.lower[i - 1]) in DOCUMENTS
    is_after_noun = text.lower[i - 1] not in DETERMINERS and text.words[i - 1][0].isalpha()
    return is_issued or (text.lower[i] in SHOWN and is_after_noun)


def is_shown(text: Text, first: int, last: int) -> bool:
    """Whether the words [first, last) say who has seen a document, or asked people: 'emails seen by Acme'."""
    return any(text.lower[i] == "by" and text.lower[i - 1] in SHOWN for i in range(first + 2, last))


def head_after_names(text: Text, clusters: Clusters, first: int, last: int) -> int:
    """Return the head like `head_of`; "and" inside a name ends no phrase: 'MP' in 'the Alder and Eaves MP'."""
    head = head_of(text, first, last)
    name = clusters.at.get(head)
    while name is not None and head + 1 < name.last < last:
        head = head_of(text, name.last - 1, last)
        name = clusters.at.get(head)
    return head


def names_in(clusters: Clusters, first: int, last: int) -> list[Mention]:
    """Return the mentions by name in a range of words, in the order of the text."""
    found: list[Mention] = []
    for i in range(first, last):
        mention = clusters.at.get(i)
        if mention and mention.kind == "name" and (not found or found[-1] is not mention):
            found.append(mention)
    return found


def word_before(text: Text, i: int, first: int) -> str:
    """Return the word before word i, skipping articles; an empty string at the start of the range."""
    i -= 1
    while i >= first and text.lower[i] in DETERMINERS:
        i -= 1
    return text.lower[i] if i >= first else ""


def find_body(text: Text, clusters: Clusters, first: int, last: int) -> Mention | None:
    """Return the organization named in a description: 'the public broadcaster NRK', 'the budget office, the OBR'."""
    for mention in names_in(clusters, first, last):
        if mention.actor.kind == "organization" and mention.rule != "adjective":
            between = text.lower[first : mention.first]
            plain = not any(word in BREAKS or word in PREPOSITIONS for word in between)
            if plain and ends_at(text, mention.last, last):
                return mention
    comma = next((k for k in range(first, last) if text.words[k] == ","), last)
    plain = not any(word in PREPOSITIONS for word in text.lower[first:comma])
    if comma + 2 < last and plain and text.lower[comma + 1] == "the":
        return find_body(text, clusters, comma + 1, last)
    return None


def is_document(text: Text, head: int) -> bool:
    return singular(text.lower[head]) in DOCUMENTS


def find_owner(text: Text, clusters: Clusters, first: int, last: int, head: int) -> tuple[int, int] | None:
    """Return the words for a document's author: 'Acme' in 'the Acme report', 'Roe' in 'a letter from Roe', 'her'."""
    if text.lower[first] in HIS and first < head:
        return first, first + 1
    for k in range(head - 1, first, -1):
        if text.lower[k] in POSSESSIVES:
            return first, k
    modifiers = [m for m in names_in(clusters, first, head) if _is_owner(m)]
    if modifiers:
        return modifiers[-1].first, modifiers[-1].last
    for k in range(head + 1, min(head + 4, last)):
        if text.lower[k] in AUTHORED:
            return (k + 1, last) if k + 1 < last and text.lower[k - 1] not in SHOWN else None
    return None


def find_publisher(text: Text, head: int) -> tuple[int, int] | None:
    """Return the words for who published a document: 'the ministry' in 'a report that the ministry published'."""
    if text.lower[head + 1 : head + 2] not in (["that"], ["which"]):
        return None
    for k in range(head + 3, min(head + 10, text.size)):
        if text.lower[k] in PUBLISHING:
            return (head + 2, k - (text.lower[k - 1] in ("has", "had", "have")))
        if text.lower[k] in BREAKS or text.sentences[k] != text.sentences[head]:
            return None
    return None


def _is_owner(mention: Mention) -> bool:
    return mention.actor.kind in ("person", "organization") and mention.rule != "adjective"


# ---- nouns


def is_person(noun: str) -> bool:
    return is_role(noun) or noun in lexicon.titles()


def is_body(noun: str) -> bool:
    return noun in lexicon.organization_nouns() or noun in lexicon.organization_words()


def is_plural(word: str) -> bool:
    return (word.endswith("s") and not word.endswith(("ss", "us", "is", "news"))) or word in PLURALS


def singular(word: str) -> str:
    """Return the singular of a plural noun: 'ministries' -> 'ministry', 'senators' -> 'senator'; else the word."""
    if not is_plural(word) or word in PLURALS:
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]
