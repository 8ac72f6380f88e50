"""Find whom a text introduces before words without a source: before a quotation, or before an interview.

'Ann Roe is a baker from Dorne.' introduces the quotation '"I like tea."' in the next paragraph.
"""

from __future__ import annotations

from transforms.resolve.coreference import References
from transforms.resolve.discourse import Discourse
from transforms.resolve.model import Actor, Mention

ENDS = frozenset(".?!:")
LONGEST = 60  # words of a paragraph that introduces somebody
DISTANT = 60  # words between a quotation and a source in another part of the text
FAR = 2  # paragraphs between a quotation and a source that is not in the paragraph before
FIRST_WORDS = 6  # words of a sentence among which its subject begins
MARKS = frozenset(('"', "“", "‘", "'", "``"))
SUBJECT_PRONOUNS = frozenset(("he", "she"))
GIVERS = frozenset(("from", "by"))


def find_subject(references: References, begin: int, last: int, source: int) -> Mention | None:
    """Return the person whom the text before the quotation [begin, last] introduces in one of the ways below."""
    around = references, begin, last, source
    return find_before_colon(*around) or _introduced(*around) or _subject_before(*around)


def _introduced(references: References, begin: int, last: int, source: int) -> Mention | None:
    """Return the person with whose name the paragraph before the quotation [begin, last] begins.

    Return None if the words of the source, which begin at word `source`, are as near as this paragraph, if a part of it
    is a quotation, or if it is no sentence."""
    text = references.text
    paragraph = text.paragraphs[begin] - 1
    if not text.quoted[begin] or any(
        abs(text.paragraphs[source] - text.paragraphs[i]) < FAR for i in (begin, last)
    ):
        return None
    first = begin
    while first > 0 and text.paragraphs[first - 1] >= paragraph and begin - first <= LONGEST:
        first -= 1
    opening = text.paragraphs[first] == paragraph and (first == 0 or text.paragraphs[first - 1] < paragraph)
    end = next((i for i in range(first, begin) if text.paragraphs[i] > paragraph), begin)
    if not opening or any(text.quoted[first:end]) or text.words[end - 1] not in ENDS:
        return None
    return _first_person(references, first, end)


def _subject_before(references: References, begin: int, last: int, source: int) -> Mention | None:
    """Return the person with whose name the sentence before the quotation [begin, last] begins, in one paragraph.

    Return None if the words of the source, which begin at word `source`, are near."""
    text = references.text
    if not text.quoted[begin] or begin - DISTANT < source < last + DISTANT or not text.sentences[begin]:
        return None
    end = text.firsts[text.sentences[begin]]
    first = text.firsts[text.sentences[end - 1]]
    is_long = end - first > LONGEST
    if is_long or text.paragraphs[first] != text.paragraphs[begin] or any(text.quoted[first:end]):
        return None
    return _first_person(references, first, end)


def find_before_colon(references: References, begin: int, last: int, source: int | None) -> Mention | None:
    """Return the subject of the sentence before a colon and the quotation [begin, last]: 'Ann Roe, a baker: “No.”'.

    Return None if the words of the source, which begin at word `source`, are near."""
    text = references.text
    colon = begin - 1
    while colon > 0 and text.words[colon] in MARKS:
        colon -= 1
    if not text.quoted[begin] or colon < 1 or text.words[colon] != ":":
        return None
    first = text.firsts[text.sentences[colon]]
    if source is not None and first <= source < last + DISTANT:
        return None
    if colon - first > LONGEST or any(text.quoted[first:colon]):
        return None
    return _first_person(references, first, colon + 1)


def _may_be_giver(references: References, i: int) -> bool:
    """Whether a person or a description begins at word i, not a place: 'from Jan Berg', 'by her boss'."""
    mention = references.clusters.at.get(i)
    return references.text.words[i].islower() or (mention is not None and mention.actor.kind == "person")


def _first_person(references: References, first: int, end: int) -> Mention | None:
    """Return the person with whose name, or with "he" or "she" for whom, the words [first, end) begin.

    Return None if a colon ends them and somebody else may be quoted: 'Ann Roe got a note from her boss: '."""
    text = references.text
    if text.words[end - 1] == ":" and any(
        text.lower[i] in GIVERS and _may_be_giver(references, i + 1) for i in range(first, end)
    ):
        return None
    near = (references.clusters.at.get(i) for i in range(first, min(first + FIRST_WORDS, end)))
    person = next((m for m in near if m and m.actor.kind == "person" and _is_subject(references, m)), None)
    if person is None:
        return None
    start = references.phrases.get(person.first, person.first)
    follows = person.kind == "pronoun" and text.words[start - 1] == ","  # 'In May, she told her boss: '
    return person if start == first or follows else None


def _is_subject(references: References, mention: Mention) -> bool:
    return mention.kind == "name" or references.text.lower[mention.first] in SUBJECT_PRONOUNS


def find_interviewee(discourse: Discourse, first: int) -> Actor | None:
    """Return the person who is quoted most before an interview that begins at word `first`; else named most before it.

    Return None if there are several."""
    people = discourse.candidates(first, frozenset(("person",)))
    records = discourse.records
    counts = {a: (records[a].spoke, sum(place < first for place in records[a].places)) for a in people}
    best = max(counts.values(), default=(0, 0))
    same = [actor for actor in people if counts[actor] == best and best[1]]
    return same[0] if len(same) == 1 else None
