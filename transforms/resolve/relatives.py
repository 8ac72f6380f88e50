"""Find the words to which a relative pronoun refers: 'a voter' in 'a voter who asked', 'Roe' in 'Roe, who asked'.

Takes a `Text` and its `Clusters`; changes nothing.
"""

from __future__ import annotations

from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.model import Mention
from transforms.resolve.phrases import PREPOSITIONS, is_body, is_document, is_plural, singular
from transforms.resolve.vague_sources import SEVERAL

RELATIVE = frozenset(("who", "which", "that"))
MARKS = frozenset((",", "–", "—", "-", "--"))
ARTICLES = frozenset(("a", "an"))
LONGEST_PHRASE = 7  # words from the article of a noun phrase to its last noun
LONGEST_APPOSITION = 12

# A mention, the range of words of a phrase without a name, or None if the words do not say whom the pronoun means.
Antecedent = Mention | range | None


def find_antecedent(text: Text, clusters: Clusters, i: int) -> Antecedent:
    """Return what the relative pronoun at word i refers to; an empty range if this is nobody who can say anything."""
    k = i - 1
    has_mark = k > 0 and text.words[k] in MARKS
    k -= has_mark
    if k < 1 or text.sentences[k] != text.sentences[i]:
        return None
    is_person = text.lower[i] == "who"
    mention = clusters.at.get(k)
    if mention is not None and mention.last == k + 1:
        return _named(mention, is_person, has_mark)
    if is_person:
        return _described(text, clusters, k) or _people(text, k)
    noun = singular(text.lower[k])
    return None if is_body(noun) or is_document(text, k) else range(0)


def _named(mention: Mention, is_person: bool, has_mark: bool) -> Mention | None:
    """Return the mention, if a comma follows it. Otherwise, earlier words may be meant: 'Roe's aide'."""
    fits = mention.kind == "name" and (mention.actor.kind == "person") == is_person
    return mention if has_mark and fits else None


def _described(text: Text, clusters: Clusters, k: int) -> Mention | None:
    """Return the person of the apposition that ends with word k: Roe in 'Ann Roe, a baker who'."""
    for comma in range(k - 1, max(0, k - LONGEST_APPOSITION), -1):
        if text.words[comma] != ",":
            continue
        person = clusters.at.get(comma - 1)
        opens = text.lower[comma + 1] in ARTICLES or text.lower[comma + 1] == "the"
        return person if person and person.actor.kind == "person" and opens else None
    return None


def _people(text: Text, k: int) -> range | None:
    """Return the phrase without a name that ends with word k: 'a voter', 'several voters', 'voters'.

    Return None for 'the voter', who may be somebody whom the text names."""
    plural = is_plural(text.lower[k])
    for first in range(k, max(0, k - LONGEST_PHRASE), -1):
        word = text.lower[first]
        if word in ARTICLES or word in SEVERAL or (plural and word == "the"):
            return range(first, k + 1)
        if word in PREPOSITIONS or not word[0].isalnum() or word == "the":
            break
    return range(k, k + 1) if plural else None
